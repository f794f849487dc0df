"""The object graph of every role is built without any input or output."""

import pytest
from celery import Celery
from injector import Injector
from telegram import Bot

from libs.errors import Unavailable
from libs.settings.base import from_environment
from libs.tasks.app import create_celery
from notification_service.api.tasks import (
    FORGET_OLD,
    SWEEP,
    register_periodic_tasks,
    register_send_pending,
)
from notification_service.app.di.delivering import DeliveringModule
from notification_service.app.di.sending import SendingModule
from notification_service.app.di.speaking import SpeakingModule
from notification_service.client.celery_send_queue import QUEUE, SEND_PENDING
from notification_service.config.settings import NotificationSettings
from notification_service.converter.wording import TemplateWording
from notification_service.service.forget_old_deliveries import ForgetOldDeliveries
from notification_service.service.queue_notifications import QueueNotifications
from notification_service.service.send_pending import SendPending
from notification_service.service.sweep_deliveries import SweepDeliveries
from tests.unit.notification_service.builders import CHAT
from tests.unit.notification_service.test_settings import environment

__all__ = ["environment"]


@pytest.fixture
def settings(environment: pytest.MonkeyPatch) -> NotificationSettings:
    return from_environment(NotificationSettings)


@pytest.fixture
def celery() -> Celery:
    return create_celery(QUEUE, "redis://127.0.0.1:1/0", queues=(QUEUE,))


def test_the_consumer_can_be_built(settings: NotificationSettings) -> None:
    injector = Injector([DeliveringModule(settings)], auto_bind=False)

    assert injector.get(QueueNotifications) is injector.get(QueueNotifications)


def test_the_bot_can_be_built(settings: NotificationSettings) -> None:
    injector = Injector([SpeakingModule(settings)], auto_bind=False)

    assert injector.get(Bot).base_url.startswith("https://api.telegram.org/bot")
    assert injector.get(TemplateWording) is injector.get(TemplateWording)


def test_the_worker_can_be_built(settings: NotificationSettings) -> None:
    injector = Injector(
        [DeliveringModule(settings), SpeakingModule(settings), SendingModule()], auto_bind=False
    )

    for built in (SendPending, SweepDeliveries, ForgetOldDeliveries, Celery):
        assert injector.get(built) is injector.get(built)


def test_a_run_that_meets_an_outage_is_left_to_the_sweep(celery: Celery) -> None:
    def fail(chat_id: int) -> None:
        raise Unavailable(f"no database for {chat_id}")

    register_send_pending(celery, SEND_PENDING, fail)

    assert celery.tasks[SEND_PENDING](chat_id=CHAT) is None


def test_a_run_gets_the_chat_of_its_message(celery: Celery) -> None:
    chats: list[int] = []
    register_send_pending(celery, SEND_PENDING, chats.append)

    celery.tasks[SEND_PENDING](chat_id=CHAT)

    assert chats == [CHAT]


def test_the_periodic_tasks_expire_before_they_come_again(celery: Celery) -> None:
    register_periodic_tasks(celery, sweep=lambda: None, forget_old=lambda: None)

    schedule = celery.conf.beat_schedule
    assert set(schedule) == {SWEEP, FORGET_OLD}
    assert schedule[SWEEP]["schedule"].total_seconds() == 5
    assert schedule[SWEEP]["options"]["expires"] == 5
