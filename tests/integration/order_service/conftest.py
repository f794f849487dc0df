from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import PostgresSettings
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.peers import (
    RecordingPayments,
    served_inventory,
    served_payments,
)


@pytest.fixture
def database(postgres: PostgresSettings) -> Iterator[OrderDatabase]:
    """Yield a migrated database with a reader."""
    engine = create_database_engine(postgres, pool_size=16)
    migrate(engine, "order_service.migrations")
    yield OrderDatabase(engine)
    engine.dispose()


@pytest.fixture
def payments() -> RecordingPayments:
    return RecordingPayments()


@pytest.fixture
def payment_port(payments: RecordingPayments) -> Iterator[int]:
    with served_payments(payments) as port:
        yield port
    payments.may_go_on.set()


@pytest.fixture
def inventory_port() -> Iterator[int]:
    with served_inventory() as port:
        yield port


@pytest.fixture
def http_port() -> int:
    return free_port()


@pytest.fixture
def away_environment(tmp_path: Path, http_port: int) -> dict[str, str]:
    """Return settings of an order service whose dependencies are all down."""
    nowhere = str(free_port())
    return {
        "HTTP_PORT": str(http_port),
        "INVENTORY_GRPC_HOST": LOOPBACK,
        "INVENTORY_GRPC_PORT": nowhere,
        "PAYMENT_GRPC_HOST": LOOPBACK,
        "PAYMENT_GRPC_PORT": nowhere,
        "CELERY_BROKER_URL": f"redis://{LOOPBACK}:{nowhere}/0",
        "POSTGRES_HOST": LOOPBACK,
        "POSTGRES_PORT": nowhere,
        "POSTGRES_USER": "nobody",
        "POSTGRES_PASSWORD": "nothing",
        "POSTGRES_DB": "nowhere",
        "STATE_DIR": str(tmp_path),
    }


@pytest.fixture
def environment(
    away_environment: dict[str, str],
    postgres: PostgresSettings,
    payment_port: int,
    inventory_port: int,
) -> dict[str, str]:
    """Return settings of an order service with a database and recording peers."""
    return {
        **away_environment,
        "INVENTORY_GRPC_PORT": str(inventory_port),
        "PAYMENT_GRPC_PORT": str(payment_port),
        "POSTGRES_HOST": postgres.postgres_host,
        "POSTGRES_PORT": str(postgres.postgres_port),
        "POSTGRES_USER": postgres.postgres_user,
        "POSTGRES_PASSWORD": postgres.postgres_password.get_secret_value(),
        "POSTGRES_DB": postgres.postgres_db,
        "POSTGRES_SSL_MODE": postgres.postgres_ssl_mode,
    }
