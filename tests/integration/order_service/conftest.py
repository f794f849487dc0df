from collections.abc import Iterator

import pytest

from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import PostgresSettings
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.peers import (
    RecordingPayments,
    served_inventory,
    served_payments,
)
from tests.support.roles import postgres_environment


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
def away_environment(nothing_runs: dict[str, str], port: int) -> dict[str, str]:
    """Return settings of an order service whose dependencies are all down."""
    return {**nothing_runs, "HTTP_PORT": str(port)}


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
        **postgres_environment(postgres),
    }
