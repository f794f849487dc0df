"""What an operator reads from python -m order_service check."""

from datetime import timedelta

import pytest

from libs.kafka.connection import connection_options
from libs.settings.groups import KafkaSettings
from libs.tasks.app import create_celery
from libs.testing.roles import running_role
from order_service.client.evidence import see_letters, see_progress
from order_service.model.evidence import Poison
from tests.integration.order_service.background.conftest import OrderRows
from tests.integration.order_service.background.roles import OrderLine, StartRole

pytestmark = pytest.mark.engine


def checked(line: OrderLine, *options: str) -> tuple[int, str]:
    with running_role(
        "order_service", "check", line.environment, "--within", "0", *options
    ) as check:
        return check.wait_for_exit(within_s=60), check.output


def test_a_system_at_rest_is_said_to_be_right(line: OrderLine, rows: OrderRows) -> None:
    rows.add("PENDING_PAYMENT")
    rows.add("CANCELLED")
    rows.add_event(rows.add("ASSEMBLED"), published_ago=timedelta(minutes=1))

    code, output = checked(line)

    assert (code, output.splitlines()[-1]) == (0, "nothing is wrong")


def test_each_broken_promise_is_a_line_with_its_invariant(line: OrderLine, rows: OrderRows) -> None:
    overdue = rows.add()
    rows.add_event(overdue, published_ago=timedelta(seconds=1))
    silent = rows.add()
    rows.add_event(rows.add("ASSEMBLED"))
    line.produce(b"never read")
    with create_celery("order", line.redis_url, queues=("order",)) as celery:
        celery.send_task("orders.mark_assembled", queue="order")

    code, output = checked(line, "--patience", "0")

    assert code == 1
    assert f"I1: order {overdue} is PAID" in output
    assert f"I5: order {silent} is PAID and has no OrderPaid" in output
    assert "is not published" in output
    assert f"I6: group.{line.assembled_topic} is at 0 of 1 in {line.assembled_topic}" in output
    assert "I7: 1 tasks in order" in output


def test_a_ship_that_may_still_come_in_time_is_nothing_wrong(
    line: OrderLine, rows: OrderRows
) -> None:
    rows.add_event(rows.add(), published_ago=timedelta(seconds=1))

    assert checked(line)[0] == 0


def test_a_dead_letter_that_waits_is_named_by_where_it_lay(
    line: OrderLine, rows: OrderRows, start_role: StartRole
) -> None:
    consumer = start_role("consumer")
    line.produce(b"\xff")
    consumer.wait_for_output("record_dead_lettered")
    consumer.terminate()
    consumer.wait_for_exit()

    code, output = checked(line)

    assert code == 1
    connection = connection_options(KafkaSettings(KAFKA_BROKERS=line.brokers))
    group = f"group.{line.assembled_topic}"
    progress = see_progress(
        connection, [line.assembled_topic], expected={group: line.assembled_topic}
    )
    [letter] = see_letters(connection, progress)
    assert letter == Poison(group, line.assembled_topic, letter.partition, 0)
    assert f"{line.assembled_topic}/{letter.partition} at 0 of {group} waits" in output


def test_a_topic_that_is_not_there_is_named_with_what_creates_it(line: OrderLine) -> None:
    environment = {**line.environment, "ORDER_ASSEMBLED_TOPIC_NAME": "no.such.topic"}
    with running_role("order_service", "check", environment, "--within", "0") as check:
        assert check.wait_for_exit(within_s=60) == 1
        assert "no.such.topic does not exist; create it with" in check.output


def test_a_store_that_is_away_is_one_line_and_exit_1(line: OrderLine) -> None:
    environment = {**line.environment, "POSTGRES_PORT": "1"}
    with running_role("order_service", "check", environment) as check:
        assert check.wait_for_exit(within_s=60) == 1
        assert "Traceback" not in check.output
