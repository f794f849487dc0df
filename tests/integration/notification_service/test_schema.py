"""Old code with the new schema, and old data after the migration."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from libs.postgres.migrating import migrate
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from notification_service.repository.rows import events_to_json
from tests.unit.notification_service.builders import CHAT, a_paid_event, an_assembled_event

PACKAGE = "notification_service.migrations"

ADD_AS_VERSION_1_DOES = text("""
    WITH chat AS (
        INSERT INTO chats (chat_id) VALUES (:chat_id) ON CONFLICT DO NOTHING
    )
    INSERT INTO deliveries (event_uuid, chat_id, kind, facts, occurred_at)
    SELECT event_uuid, :chat_id, kind, facts, occurred_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS row (event_uuid uuid, kind text, facts jsonb, occurred_at timestamptz)
    ON CONFLICT DO NOTHING
""")


def back_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", PACKAGE.replace(".", "/"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def add_as_version_1_does(engine: Engine, number: int) -> None:
    with engine.begin() as tx:
        tx.execute(
            ADD_AS_VERSION_1_DOES,
            {"chat_id": CHAT, "rows": events_to_json([a_paid_event(number)])},
        )


def test_deliveries_of_the_first_version_are_known_after_the_migration(engine: Engine) -> None:
    back_to(engine, "0001")
    add_as_version_1_does(engine, 1)
    migrate(engine, PACKAGE)
    deliveries = PostgresDeliveries(engine)

    assert deliveries.add([a_paid_event(1), an_assembled_event(1)], CHAT).new == 1
    found = [each.event for each in deliveries.look(CHAT, limit=20).due]
    assert found == [a_paid_event(1), an_assembled_event(1)]


def test_a_consumer_of_the_first_version_may_still_run_beside_the_new_schema(
    engine: Engine,
) -> None:
    add_as_version_1_does(engine, 1)

    assert PostgresDeliveries(engine).add([a_paid_event(1)], CHAT).new == 0
