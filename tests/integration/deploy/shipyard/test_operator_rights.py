"""The users that the command line has in the containers' databases: deploy/compose/operator."""

from collections.abc import Callable, Iterator
from typing import NamedTuple
from uuid import uuid4

import psycopg2
import pytest
from psycopg2 import sql
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.postgres import SUPERUSER
from deploy.shipyard.asking import ask
from deploy.shipyard.exits import Away
from deploy.shipyard.readings.flow import see_flow
from deploy.shipyard.readings.outbox import unpublished
from deploy.shipyard.readings.sessions import blockers
from libs.postgres.engine import DatabaseUnavailable, create_database_engine
from libs.postgres.locks import lock_holders
from libs.postgres.transactions import ping
from libs.settings.groups import PostgresSettings
from notification_service.model.delivery import DeliveryState
from notification_service.repository.overview import (
    count_deliveries,
    deliveries_in,
    deliveries_of,
    revive_of_order,
)
from order_service.model.errors import OrderNotFound
from order_service.repository.evidence import see_orders
from order_service.repository.timelines import PostgresTimelines
from tests.compose.projects import COMPOSE
from tests.conftest import PASSWORD

Migrated = Callable[[str], Engine]


class Databases(NamedTuple):
    """Opens a service's migrated database as the operator, whose user its file makes first."""

    postgres: PostgresSettings
    migrated: Migrated

    def opened(self, service: str, *, password: str = "first") -> Engine:  # noqa: S107  # made here
        self.migrated(f"{service}_service.migrations")
        script = (COMPOSE / "operator" / f"{service}.sql").read_text()
        admin = psycopg2.connect(
            host=LOOPBACK,
            port=self.postgres.postgres_port,
            user=SUPERUSER,
            password=PASSWORD,
            dbname=self.postgres.postgres_db,
        )
        admin.autocommit = True
        with admin.cursor() as cursor:
            quoted = sql.Literal(password).as_string(admin)
            cursor.execute(script.replace(":'password'", quoted))
        admin.close()
        return self.as_operator(password)

    def as_operator(self, password: str) -> Engine:
        user = {"postgres_user": "operator", "postgres_password": SecretStr(password)}
        return create_database_engine(self.postgres.model_copy(update=user), pool_size=1)


@pytest.fixture
def databases(
    postgres: PostgresSettings, migrated_engine: Migrated
) -> Iterator[Callable[..., Engine]]:
    """Yield the function that opens one; what it opened is closed at the end."""
    opened: list[Engine] = []
    both = Databases(postgres, migrated_engine)

    def open_as_operator(service: str, **more: str) -> Engine:
        opened.append(both.opened(service, **more))
        return opened[-1]

    yield open_as_operator
    for each in opened:
        each.dispose()


def test_the_operator_reads_all_that_is_shown_of_orders(databases: Callable[..., Engine]) -> None:
    engine = databases("order")

    with pytest.raises(OrderNotFound):
        PostgresTimelines(engine, assembled_topic="order.assembled").timeline(uuid4())
    assert see_flow(engine, minutes=5).overdue == 0
    assert unpublished(engine) == []
    assert see_orders(engine, at_rest_too=False) == ()
    assert (blockers(engine), lock_holders(engine)) == ([], [])


def test_the_operator_reads_deliveries_and_gives_them_another_try(
    databases: Callable[..., Engine],
) -> None:
    engine = databases("notification")

    assert [deliveries_in(engine, each, limit=1) for each in DeliveryState] == [[], [], [], []]
    assert deliveries_of(engine, [uuid4()]) == []
    assert count_deliveries(engine)[DeliveryState.DEAD].number == 0
    assert revive_of_order(engine, uuid4()) == 0


@pytest.mark.parametrize(
    ("service", "statement"),
    [
        ("order", "UPDATE orders SET status = 'PAID'"),
        ("order", "DELETE FROM outbox"),
        ("order", "SELECT * FROM idempotency_keys"),
        ("order", "CREATE ROLE another"),
        ("notification", "UPDATE deliveries SET chat_id = 1"),
        ("notification", "DELETE FROM deliveries"),
        ("notification", "UPDATE chats SET chat_id = 1"),
    ],
)
def test_the_operator_may_do_nothing_else(
    databases: Callable[..., Engine], service: str, statement: str
) -> None:
    engine = databases(service)

    with pytest.raises(DBAPIError, match="permission denied"), engine.begin() as tx:
        tx.execute(text(statement))


def test_a_missing_right_is_one_line_of_the_command(databases: Callable[..., Engine]) -> None:
    engine = databases("notification")
    forbidden = text("DELETE FROM chats")

    def ask_for_it() -> None:
        with engine.begin() as tx:
            tx.execute(forbidden)

    with pytest.raises(Away, match=r"is away: permission denied for table chats$"):
        ask("the notification database", ask_for_it)


def test_a_repeat_changes_the_password(
    databases: Callable[..., Engine], postgres: PostgresSettings, migrated_engine: Migrated
) -> None:
    databases("order")

    ping(databases("order", password="second"))  # noqa: S106  # made here

    with pytest.raises(DatabaseUnavailable, match="password authentication failed"):
        ping(Databases(postgres, migrated_engine).as_operator("first"))
