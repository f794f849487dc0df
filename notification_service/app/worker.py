from threading import Event

from celery import Celery, signals
from injector import Injector

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.stopping import stop_on_signal
from libs.lifecycle.waiting import wait_until_ready
from libs.tasks.worker import run_worker as run_celery_worker
from notification_service.app.app import SERVICE, start
from notification_service.app.di import NotificationModule, TelegramModule
from notification_service.client.telegram_chat import TelegramChat
from notification_service.config.settings import NotificationSettings
from notification_service.repository.postgres_deliveries import PostgresDeliveries

CONCURRENCY = 4


def run_worker() -> None:
    """Send what is due to Telegram, and sweep: Celery."""
    settings = start(NotificationSettings)
    modules = [TelegramModule(settings), NotificationModule(settings)]
    injector = Injector(modules, auto_bind=False)
    stop = injector.get(Event)
    stop_on_signal(stop)
    deliveries = injector.get(PostgresDeliveries)
    if not wait_until_ready("postgresql", deliveries.ensure_ready, stop=stop):
        return

    def end_waits(**_: object) -> None:
        stop.set()

    signals.worker_shutting_down.connect(end_waits, weak=False)
    heartbeat = Heartbeat(settings.state_dir, SERVICE, "worker")
    try:
        run_celery_worker(injector.get(Celery), concurrency=CONCURRENCY, heartbeat=heartbeat)
    finally:
        injector.get(TelegramChat).close()
