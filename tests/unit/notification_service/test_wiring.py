"""The object graph of every role is built without I/O."""

import pytest
from celery import Celery
from injector import Injector
from telegram import Bot

from libs.clean_up import CleanUp
from libs.errors import Unavailable
from libs.grpc.server import GrpcServer
from libs.settings.base import from_environment
from libs.tasks.app import create_celery
from notification_service.api.tasks import register_tasks
from notification_service.app.di.delivering import ConsumingModule, DeliveringModule
from notification_service.app.di.listing import ListingModule
from notification_service.app.di.sending import SendingModule
from notification_service.app.di.speaking import SpeakingModule
from notification_service.config.settings import (
    BotSettings,
    ConsumerSettings,
    GrpcSettings,
    WorkerSettings,
)
from notification_service.converter.tasks import (
    FORGET_OLD_TASK,
    QUEUE,
    SEND_PENDING_TASK,
    SWEEP_TASK,
)
from notification_service.converter.wording import TemplateWording
from notification_service.service.queue_notifications import QueueNotifications
from notification_service.service.send_pending import SendPending
from notification_service.service.sweep_deliveries import SweepDeliveries
from tests.unit.notification_service.builders import CHAT
from tests.unit.notification_service.test_settings import environment

__all__ = ["environment"]

PERIODIC = {SWEEP_TASK: lambda: None, FORGET_OLD_TASK: lambda: None}


@pytest.fixture
def celery() -> Celery:
    return create_celery(QUEUE, "redis://127.0.0.1:1/0", queues=(QUEUE,))


@pytest.mark.usefixtures("environment")
def test_the_consumer_can_be_built() -> None:
    settings = from_environment(ConsumerSettings)
    injector = Injector([DeliveringModule(settings), ConsumingModule(settings)], auto_bind=False)

    assert injector.get(QueueNotifications) is injector.get(QueueNotifications)


@pytest.mark.usefixtures("environment")
def test_the_bot_can_be_built() -> None:
    injector = Injector([SpeakingModule(from_environment(BotSettings))], auto_bind=False)

    assert injector.get(Bot).base_url.startswith("https://api.telegram.org/bot")
    assert injector.get(TemplateWording) is injector.get(TemplateWording)


@pytest.mark.usefixtures("environment")
def test_the_grpc_role_can_be_built_and_its_default_port_is_the_one_of_the_contract(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GRPC_PORT", raising=False)
    settings = from_environment(GrpcSettings)
    injector = Injector([ListingModule(settings)], auto_bind=False)

    assert isinstance(injector.get(GrpcServer), GrpcServer)
    assert settings.grpc_port == 50053


@pytest.mark.usefixtures("environment")
def test_the_worker_can_be_built() -> None:
    settings = from_environment(WorkerSettings)
    injector = Injector(
        [DeliveringModule(settings), SpeakingModule(settings), SendingModule()], auto_bind=False
    )

    for built in (SendPending, SweepDeliveries, CleanUp, Celery):
        assert injector.get(built) is injector.get(built)


def test_a_run_gets_its_chat_and_is_left_to_the_sweep_if_it_meets_an_outage(celery: Celery) -> None:
    chats: list[int] = []

    def fail(chat_id: int) -> None:
        chats.append(chat_id)
        raise Unavailable("no database")

    register_tasks(celery, fail, PERIODIC)

    assert celery.tasks[SEND_PENDING_TASK](chat_id=CHAT) is None
    assert chats == [CHAT]


def test_the_periodic_tasks_expire_before_they_come_again(celery: Celery) -> None:
    register_tasks(celery, lambda _: None, PERIODIC)

    schedule = celery.conf.beat_schedule
    assert set(schedule) == {SWEEP_TASK, FORGET_OLD_TASK}
    assert schedule[SWEEP_TASK]["schedule"].total_seconds() == 5
    assert schedule[SWEEP_TASK]["options"]["expires"] == 5
