from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import PostgresSettings
from tests.integration.notification_service.stack import NotificationStack
from tests.support.servers.telegram import TelegramSandbox, telegram_sandbox

__all__ = ["telegram_sandbox"]


@pytest.fixture
def engine(postgres: PostgresSettings) -> Iterator[Engine]:
    """Yield a pool on an empty and migrated database."""
    engine = create_database_engine(postgres)
    migrate(engine, "notification_service.migrations")
    yield engine
    engine.dispose()


@pytest.fixture
def stack(
    postgres: PostgresSettings, redis_url: str, telegram_sandbox: TelegramSandbox, tmp_path: Path
) -> Iterator[NotificationStack]:
    stack = NotificationStack(postgres, redis_url, telegram_sandbox, tmp_path)
    try:
        yield stack
    finally:
        stack.close()
