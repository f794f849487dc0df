"""The only place of the notification service that builds things."""

import time
from functools import partial
from threading import Event
from uuid import uuid4

from celery import Celery
from injector import Module, provider, singleton
from sqlalchemy import Engine
from telegram import Bot

from libs.postgres.engine import create_database_engine
from libs.postgres.transactions import advisory_lock
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from notification_service.api.tasks import register_periodic_tasks, register_send_pending
from notification_service.client.celery_send_queue import QUEUE, SEND_PENDING, CelerySendQueue
from notification_service.client.loop_thread import LoopThread
from notification_service.client.telegram_bot import create_bot
from notification_service.client.telegram_chat import TelegramChat
from notification_service.config.settings import BotSettings, NotificationSettings
from notification_service.converter.wording import TemplateWording
from notification_service.model.pace import Pace
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from notification_service.service.forget_old_deliveries import ForgetOldDeliveries
from notification_service.service.ports import Pulse
from notification_service.service.queue_notifications import QueueNotifications
from notification_service.service.send_next import SendNext
from notification_service.service.send_pending import SendPending
from notification_service.service.sweep_deliveries import SweepDeliveries


class TelegramModule(Module):
    """What speaks to Telegram: all that the bot needs."""

    def __init__(self, settings: BotSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def bot(self) -> Bot:
        token = self._settings.telegram_bot_token.get_secret_value()
        return create_bot(token, self._settings.telegram_api_url)

    @singleton
    @provider
    def wording(self) -> TemplateWording:
        return TemplateWording(self._settings.notification_language)


class NotificationModule(Module):
    """The way of an event from Kafka to the chat."""

    def __init__(self, settings: NotificationSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def stop(self) -> Event:
        return Event()

    @singleton
    @provider
    def pulse(self, stop: Event) -> Pulse:
        return Pulse(elapsed_s=time.monotonic, wait=stop.wait)

    @singleton
    @provider
    def engine(self) -> Engine:
        return create_database_engine(self._settings)

    @singleton
    @provider
    def deliveries(self, engine: Engine) -> PostgresDeliveries:
        return PostgresDeliveries(engine)

    @singleton
    @provider
    def chat(self, bot: Bot) -> TelegramChat:
        return TelegramChat(bot, LoopThread())

    @singleton
    @provider
    def send_queue(self) -> CelerySendQueue:
        return CelerySendQueue(TaskQueue(self._celery()))

    @singleton
    @provider
    def queue_notifications(
        self, deliveries: PostgresDeliveries, queue: CelerySendQueue
    ) -> QueueNotifications:
        return QueueNotifications(deliveries, queue, chat_id=self._settings.telegram_chat_id)

    @singleton
    @provider
    def send_pending(
        self,
        deliveries: PostgresDeliveries,
        chat: TelegramChat,
        wording: TemplateWording,
        queue: CelerySendQueue,
        pulse: Pulse,
    ) -> SendPending:
        send_next = SendNext(
            deliveries,
            chat,
            wording,
            pulse=pulse,
            new_id=uuid4,
            pace=Pace(),
        )
        return SendPending(deliveries, send_next, queue, pulse=pulse, new_id=uuid4)

    @singleton
    @provider
    def worker(
        self,
        engine: Engine,
        deliveries: PostgresDeliveries,
        queue: CelerySendQueue,
        send_pending: SendPending,
    ) -> Celery:
        app = self._celery()
        single_flight = partial(advisory_lock, engine)
        register_send_pending(app, SEND_PENDING, send_pending)
        register_periodic_tasks(
            app,
            sweep=SweepDeliveries(deliveries, queue, single_flight),
            forget_old=ForgetOldDeliveries(deliveries, single_flight),
        )
        return app

    def _celery(self) -> Celery:
        url = self._settings.celery_broker_url.get_secret_value()
        return create_celery(QUEUE, url, queues=(QUEUE,))
