"""The notification service's dependencies: a migrated database, Redis, a Telegram."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import PostgresSettings
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from libs.tasks.redis.backlog import waiting_tasks
from notification_service.client.celery_send_queue import CelerySendQueue
from notification_service.converter.tasks import QUEUE
from notification_service.model.event import Event
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from tests.support.roles import postgres_environment
from tests.support.servers.telegram import TelegramSandbox
from tests.unit.notification_service.builders import CHAT, a_paid_event


def events(count: int) -> list[Event]:
    """Events with different order ids, so that each can be found in the chat."""
    return [a_paid_event(number, order_uuid=str(uuid4())) for number in range(1, count + 1)]


class NotificationStack:
    def __init__(
        self,
        postgres: PostgresSettings,
        redis_url: str,
        telegram: TelegramSandbox,
        state_dir: Path,
    ) -> None:
        self.telegram = telegram
        self.engine = create_database_engine(postgres)
        migrate(self.engine, "notification_service.migrations")
        self.deliveries = PostgresDeliveries(self.engine)
        self.waiting = waiting_tasks(redis_url, QUEUE)
        tasks = TaskQueue(create_celery("test", redis_url, queues=(QUEUE,)))
        self.queue = CelerySendQueue(tasks, waiting=self.waiting)
        self.environment = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "CELERY_BROKER_URL": redis_url,
            **postgres_environment(postgres),
            "STATE_DIR": str(state_dir),
        }

    def close(self) -> None:
        self.engine.dispose()

    def add(self, count: int) -> list[Event]:
        added = events(count)
        self.deliveries.add(added, CHAT)
        return added

    def rows(self) -> list[Mapping[str, Any]]:
        """Return all deliveries, in the order of their events."""
        with self.engine.connect() as connection:
            found = connection.execute(text("SELECT * FROM deliveries ORDER BY occurred_at"))
            return [dict(row) for row in found.mappings()]

    def states(self) -> list[str]:
        return [row["state"] for row in self.rows()]

    def all_sent(self) -> bool:
        return set(self.states()) == {"SENT"}

    def end_lease(self) -> None:
        """End the chat's lease."""
        with self.engine.begin() as connection:
            connection.execute(
                text("UPDATE chats SET sending_until = now() WHERE sending_until IS NOT NULL")
            )

    def end_pauses(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE chats SET blocked_until = now()"))

    def times_sent(self, event: Event) -> int:
        """Count the chat's messages that contain the event's order."""
        order_uuid = event.facts["order_uuid"]
        return sum(order_uuid in told for told in self.telegram.texts(CHAT))

    def drop_tables(self) -> None:
        """Drop the tables, as in a database without migrations."""
        with self.engine.begin() as connection:
            connection.execute(text("DROP TABLE deliveries, chats, alembic_version"))
