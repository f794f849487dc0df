from threading import Event

from celery import Celery, signals
from injector import Injector
from sqlalchemy import Engine

from libs.clean_up import CleanUp
from libs.health.heartbeat import Heartbeat
from libs.lifecycle.starting import start_role
from libs.lifecycle.stopping import stop_on_signal
from libs.lifecycle.waiting import wait_until_ready
from libs.metrics.stores import register_stores, together
from libs.postgres.lock_gauge import LockGauge
from libs.tasks.worker import run_worker as run_celery_worker
from notification_service.api.tasks import register_tasks
from notification_service.app.di.delivering import DeliveringModule
from notification_service.app.di.sending import SendingModule
from notification_service.app.di.speaking import SpeakingModule
from notification_service.client.telegram_chat import TelegramChat
from notification_service.config.settings import SERVICE, WorkerSettings
from notification_service.converter.tasks import FORGET_OLD_TASK, SWEEP_TASK
from notification_service.repository.gauges import DeliveryGauges
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from notification_service.service.send_pending import SendPending
from notification_service.service.sweep_deliveries import SweepDeliveries

CONCURRENCY = 4
"""Threads: one sends to the chat, so the others keep hints and sweeps from waiting."""


def run_worker() -> None:
    """Send due deliveries to Telegram, and sweep."""
    settings = start_role(WorkerSettings)
    modules = [DeliveringModule(settings), SpeakingModule(settings), SendingModule()]
    injector = Injector(modules, auto_bind=False)
    stop = injector.get(Event)
    stop_on_signal(stop)
    heartbeat = Heartbeat(settings.state_dir, SERVICE, "worker")

    def look() -> None:
        heartbeat.touch()
        injector.get(PostgresDeliveries).ensure_ready()

    if not wait_until_ready("postgresql", look, stop=stop):
        return

    engine = injector.get(Engine)
    looks = {"postgresql": together(DeliveryGauges(engine), LockGauge(engine))}
    register_stores(looks, metrics_port=settings.metrics_port)
    signals.worker_shutting_down.connect(lambda **_: stop.set(), weak=False)
    try:
        run_celery_worker(_celery(injector), concurrency=CONCURRENCY, heartbeat=heartbeat)
    finally:
        injector.get(TelegramChat).close()


def _celery(injector: Injector) -> Celery:
    celery = injector.get(Celery)
    register_tasks(
        celery,
        injector.get(SendPending),
        {
            SWEEP_TASK: injector.get(SweepDeliveries),
            FORGET_OLD_TASK: injector.get(CleanUp),
        },
    )
    return celery
