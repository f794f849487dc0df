"""The output of python -m order_service check."""

import re
from contextlib import closing
from datetime import timedelta
from socket import create_server
from threading import Event, Thread
from uuid import uuid4

from libs.contracts.events.v1 import events_pb2
from libs.kafka.client.options import connection_options
from libs.settings.groups import KafkaSettings
from libs.tasks.app import create_celery
from order_service.app.commands.check import PUBLISHED_WITHIN
from order_service.client.evidence import see_dead_letters, see_progress
from order_service.converter.tasks import MARK_ASSEMBLED_TASK
from order_service.model.evidence import MalformedRecord
from tests.integration.order_service.background.conftest import OrderRows
from tests.integration.order_service.background.roles import OrderLine
from tests.support.eventually import eventually
from tests.support.golden import golden_sample
from tests.support.roles import StartRole, run_to_end
from tests.support.servers.broker import Broker


def a_ship_of_nobody() -> bytes:
    return events_pb2.ShipAssembled(
        event_uuid=str(uuid4()),
        order_uuid=str(uuid4()),
        user_uuid=str(uuid4()),
        build_time_sec=3,
    ).SerializeToString()


def checked(line: OrderLine, *options: str, **environment: str) -> tuple[int, str]:
    return run_to_end(
        "order_service", "check", {**line.environment, **environment}, "--within", "0", *options
    )


def test_a_quiet_system_has_no_violation(line: OrderLine, rows: OrderRows) -> None:
    rows.add("PENDING_PAYMENT")
    rows.add("CANCELLED")
    rows.add_other_event(rows.add("CANCELLED"), published_ago=timedelta(minutes=1))
    rows.add_event(rows.add("ASSEMBLED"), published_ago=timedelta(minutes=1))

    code, output = checked(line)

    assert (code, output.splitlines()[-1]) == (0, "no violation found")


def test_each_violation_is_a_line_with_its_invariant(line: OrderLine, rows: OrderRows) -> None:
    overdue = rows.add()
    rows.add_event(overdue, published_ago=timedelta(seconds=1))
    silent = rows.add()
    rows.add_event(rows.add("ASSEMBLED"), age=PUBLISHED_WITHIN)
    rows.add_other_event(rows.add("CANCELLED"), age=PUBLISHED_WITHIN)
    behind = rows.add("ASSEMBLED")
    rows.add_event(behind)
    line.produce(b"never read")
    with create_celery("order", line.redis_url, queues=("order",)) as celery:
        celery.send_task("orders.mark_assembled", queue="order")

    code, output = checked(line, "--patience", "0")

    assert code == 1
    assert f"I1: order {overdue} is PAID" in output
    assert f"I5: order {silent} is PAID and has no OrderPaid" in output
    assert "is not published" in output
    assert "I5: OrderOther of order" in output
    assert str(behind) not in output
    assert "is CANCELLED and has OrderPaid" not in output
    assert f"I6: group.{line.assembled_topic} is at 0 of 1 in {line.assembled_topic}" in output
    assert "I7: 1 tasks in order" in output


def test_offsets_of_transaction_markers_are_no_lag(line: OrderLine, start_role: StartRole) -> None:
    with closing(Broker(line.brokers)) as broker:
        consumer = start_role("consumer")
        broker.send_in_transaction(line.assembled_topic, b"never happened", commit=False)
        broker.send_in_transaction(line.assembled_topic, a_ship_of_nobody(), commit=True)
        consumer.wait_for_output("batch_handed_off")

        group = f"group.{line.assembled_topic}"
        eventually(lambda: broker.committed(group, line.assembled_topic) == {0: 4}, within_s=20)

    assert "I6" not in checked(line)[1]


def test_a_waiting_dead_letter_is_named_by_its_position(
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
    [dead_letter] = see_dead_letters(connection, progress)
    assert dead_letter == MalformedRecord(group, line.assembled_topic, dead_letter.partition, 0)
    assert f"{line.assembled_topic}/{dead_letter.partition} at 0 of {group} waits" in output


def test_a_missing_topic_is_named_with_the_command_that_creates_it(line: OrderLine) -> None:
    exit_code, output = checked(line, ORDER_ASSEMBLED_TOPIC_NAME="no.such.topic")

    assert exit_code == 1
    assert "no.such.topic does not exist; create it with" in output


def test_an_unavailable_store_is_one_line_and_exit_code_1(line: OrderLine) -> None:
    exit_code, output = checked(line, POSTGRES_PORT="1")

    assert exit_code == 1
    assert output.splitlines()[-1].startswith("postgresql: ")
    assert "Traceback" not in output


def test_a_frozen_kafka_is_one_line_and_the_other_stores_are_checked(
    line: OrderLine, rows: OrderRows
) -> None:
    rows.add()
    with create_celery("order", line.redis_url, queues=("order",)) as celery:
        celery.send_task("orders.mark_assembled", queue="order")
    with create_server(("127.0.0.1", 0)) as still:
        exit_code, output = checked(line, KAFKA_BROKERS=f"127.0.0.1:{still.getsockname()[1]}")

    assert exit_code == 1
    found = [said.partition(":")[0] for said in output.splitlines()]
    assert sorted(found) == ["I5", "I7", "kafka"]


def test_a_busy_system_has_no_violation(
    line: OrderLine, rows: OrderRows, start_role: StartRole
) -> None:
    for role in ("consumer", "worker", "relay"):
        start_role(role)
    over = Event()

    def be_busy() -> None:
        with create_celery("order", line.redis_url, queues=("order",)) as celery:
            while not over.wait(0.05):
                rows.add_event(rows.add(), topic=line.paid_topic)
                line.produce(golden_sample("ship_assembled"))
                celery.send_task(
                    MARK_ASSEMBLED_TASK, kwargs={"events": []}, queue="order", countdown=5
                )

    customers = Thread(target=be_busy)
    customers.start()
    try:
        eventually(lambda: line.records(line.paid_topic), within_s=20)
        code, output = checked(line, "--within", "30")
    finally:
        over.set()
        customers.join()

    assert (code, output.splitlines()[-1]) == (0, "no violation found")


def test_a_row_that_cannot_be_published_is_named_with_its_reason(
    line: OrderLine, rows: OrderRows, start_role: StartRole
) -> None:
    order = rows.add("ASSEMBLED")
    event = rows.add_event(order, topic="there.is.none", age=timedelta(seconds=70))
    start_role("relay")
    eventually(lambda: rows.event(event).refused_at, within_s=20)

    code, output = checked(line, "--within", "2")

    assert code == 1
    assert re.search(
        rf"I5: OrderPaid of order {order} is not published \d+ s after it was made: "
        ".* topic there.is.none does not exist",
        output,
    )
