from datetime import timedelta

from sqlalchemy import Engine

from libs.health.heartbeat import unhealthy_reason
from libs.lifecycle.crashing import EXIT_KILLED
from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import PostgresSettings
from tests.integration.order_service.background.conftest import OrderRows, locked
from tests.integration.order_service.background.roles import OrderLine
from tests.support.eventually import eventually
from tests.support.roles import StartRole

A_MILLISECOND = timedelta(milliseconds=1)
"""Precision of the time of a record."""


def test_an_event_reaches_its_topic_under_its_key_with_its_headers_and_its_own_time(
    line: OrderLine, rows: OrderRows, start_role: StartRole
) -> None:
    order_uuid = rows.add()
    event_uuid = rows.add_event(order_uuid, topic=line.paid_topic, payload=b"paid")

    start_role("relay")

    (record,) = eventually(lambda: line.records(line.paid_topic), within_s=20)
    occurred_at = rows.event(event_uuid).occurred_at
    assert (record.key, record.value) == (str(order_uuid).encode(), b"paid")
    assert record.headers == (("event-type", b"events.v1.OrderPaid"),)
    assert abs(record.timestamp - occurred_at) < A_MILLISECOND
    eventually(lambda: rows.event(event_uuid).published_at is not None)
    assert unhealthy_reason(line.state_dir, "order_service.relay") is None


def test_a_relay_that_dies_between_acknowledgement_and_mark_publishes_the_same_again(
    line: OrderLine, rows: OrderRows, start_role: StartRole
) -> None:
    event_uuid = rows.add_event(rows.add(), topic=line.paid_topic)
    dying = start_role("relay", crash_at="after_kafka_ack")
    assert dying.wait_for_exit() == EXIT_KILLED
    assert rows.event(event_uuid).published_at is None

    start_role("relay")

    eventually(lambda: rows.event(event_uuid).published_at is not None, within_s=20)
    first, second = line.records(line.paid_topic)
    assert (first.key, first.value, first.timestamp) == (second.key, second.value, second.timestamp)


def test_a_relay_waits_for_the_schema_and_then_works(
    line: OrderLine, postgres: PostgresSettings, start_role: StartRole
) -> None:
    relay = start_role("relay")
    relay.wait_for_output("does not exist")

    engine = create_database_engine(postgres)
    migrate(engine, "order_service.migrations")
    rows = OrderRows(engine)
    rows.add_event(rows.add(), topic=line.paid_topic)

    eventually(lambda: len(line.records(line.paid_topic)) == 1, within_s=20)
    assert relay.exit_code is None
    engine.dispose()


def test_events_that_cannot_be_published_delay_no_other_and_are_logged(
    line: OrderLine, engine: Engine, rows: OrderRows, start_role: StartRole
) -> None:
    for _ in range(600):
        rows.add_event(rows.add(), topic="there.is.none")
    ahead = rows.add_event(rows.add(), topic=line.paid_topic, age=-timedelta(days=1))
    # With a time from a clock that is ahead, so it stays in the recent lane.
    held = rows.add_event(rows.add(), topic=line.paid_topic, age=-timedelta(minutes=1))

    with locked(engine, "outbox", "event_uuid", held):
        relay = start_role("relay")
        eventually(lambda: rows.event(ahead).published_at is not None, within_s=20)
        took_s = [rows.seconds_to_publish(line.paid_topic) for _ in range(20)]
        assert rows.unpublished() == 601

    assert sorted(took_s)[10] < 0.5
    assert max(took_s) < 3
    eventually(lambda: rows.event(held).published_at is not None)
    said = [line for line in relay.output.splitlines() if "outbox_events_refused" in line]
    assert len(said) == 1
    assert "topic there.is.none does not exist" in said[0]
