"""Objects of the worker only: from the deliveries to the chat."""

import time
from functools import partial
from threading import Event
from uuid import uuid4

from injector import Module, provider, singleton
from sqlalchemy import Engine
from telegram import Bot

from libs.clean_up import CleanUp
from libs.postgres.transactions import advisory_lock
from notification_service.client.loop_thread import LoopThread
from notification_service.client.telegram_chat import TelegramChat
from notification_service.converter.wording import TemplateWording
from notification_service.model.delivery import KEPT
from notification_service.model.pace import Pace
from notification_service.service.ports import DeliveryRepository, Pulse, SendQueue
from notification_service.service.send_next import SendNext
from notification_service.service.send_pending import SendPending
from notification_service.service.sweep_deliveries import SweepDeliveries


class SendingModule(Module):
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
    def chat(self, bot: Bot) -> TelegramChat:
        return TelegramChat(bot, LoopThread())

    @singleton
    @provider
    def send_next(
        self,
        deliveries: DeliveryRepository,
        chat: TelegramChat,
        wording: TemplateWording,
        pulse: Pulse,
    ) -> SendNext:
        return SendNext(deliveries, chat, wording, pulse=pulse, new_id=uuid4, pace=Pace())

    @singleton
    @provider
    def send_pending(
        self, deliveries: DeliveryRepository, send_next: SendNext, queue: SendQueue, pulse: Pulse
    ) -> SendPending:
        return SendPending(deliveries, send_next, queue, pulse=pulse, new_id=uuid4)

    @singleton
    @provider
    def sweep(
        self, deliveries: DeliveryRepository, queue: SendQueue, engine: Engine
    ) -> SweepDeliveries:
        try_lock = partial(advisory_lock, engine, "sweep_deliveries")
        return SweepDeliveries(deliveries, queue, try_lock=try_lock)

    @singleton
    @provider
    def forget_old(self, deliveries: DeliveryRepository, engine: Engine) -> CleanUp:
        return CleanUp(
            "deliveries",
            partial(deliveries.forget, older_than=KEPT),
            try_lock=partial(advisory_lock, engine, "forget_old_deliveries"),
        )
