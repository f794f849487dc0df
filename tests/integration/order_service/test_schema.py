"""The tables of the code equal the tables of the migrations."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from libs.postgres.migrating import migrate
from order_service.repository.tables import metadata
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.use_cases import UseCasesOnPostgres
from tests.unit.order_service.builders import ORDER, an_order
from tests.unit.order_service.fakes import FakePayments

CLAIMED = "claim_id = gen_random_uuid(), paying_since = now(), claimed_method = 'CARD'"


def test_the_migrations_create_the_tables_that_the_code_expects(database: OrderDatabase) -> None:
    with database.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        difference = compare_metadata(context, metadata)

    assert [step for step in difference if "alembic_version" not in str(step)] == []


def test_a_migration_does_not_depend_on_the_current_folder(
    database: OrderDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    migrate(database.engine, "order_service.migrations")


@pytest.mark.parametrize(
    "illegal",
    [
        "status = 'LOST'",
        "status = 'PAID'",
        "status = 'ASSEMBLED'",
        "total_price = -0.01",
        "part_uuids = '{}'",
        "payment_method = 'CARD'",
        "claim_id = gen_random_uuid()",
        CLAIMED.replace("CARD", "BARTER"),
        f"status = 'CANCELLED', {CLAIMED}",
        "build_time_s = 5, assembled_at = now()",
    ],
)
def test_the_table_itself_refuses_an_illegal_order(database: OrderDatabase, illegal: str) -> None:
    UseCasesOnPostgres(database, FakePayments()).orders.add(an_order())

    with (
        pytest.raises(IntegrityError, match="violates check constraint"),
        database.engine.begin() as tx,
    ):
        tx.execute(text(f"UPDATE orders SET {illegal} WHERE order_uuid = '{ORDER}'"))  # noqa: S608  # our own
