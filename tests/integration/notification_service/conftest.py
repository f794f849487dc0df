from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from libs.settings.groups import PostgresSettings
from tests.integration.notification_service.stack import NotificationStack
from tests.support.servers.telegram import TelegramSandbox


@pytest.fixture
def engine(migrated_engine: Callable[[str], Engine]) -> Engine:
    """Yield a pool on an empty and migrated database."""
    return migrated_engine("notification_service.migrations")


@pytest.fixture
def stack(
    postgres: PostgresSettings, redis_url: str, telegram_sandbox: TelegramSandbox, tmp_path: Path
) -> Iterator[NotificationStack]:
    stack = NotificationStack(postgres, redis_url, telegram_sandbox, tmp_path)
    try:
        yield stack
    finally:
        stack.close()
