from datetime import timedelta
from uuid import UUID, uuid4, uuid5

from libs.contracts.events.v1 import events_pb2
from libs.lifecycle.crashing import EXIT_KILLED
from tests.integration.order_service.background.conftest import OrderRows
from tests.integration.order_service.background.roles import OrderLine
from tests.support.eventually import eventually
from tests.support.roles import StartRole


def a_foreign_ship(order_uuid: UUID, *, build_time_s: int = 4) -> bytes:
    """Return a ShipAssembled without its time."""
    wire = events_pb2.ShipAssembled(
        event_uuid=str(uuid5(order_uuid, "ship")),
        order_uuid=str(order_uuid),
        user_uuid=str(order_uuid),
        build_time_sec=build_time_s,
    )
    return wire.SerializeToString()


def test_an_order_is_assembled_when_its_ship_is(
    line: OrderLine, rows: OrderRows, start_role: StartRole
) -> None:
    paid, cancelled = rows.add(), rows.add("CANCELLED")
    worker = start_role("worker")
    start_role("consumer")

    line.produce(a_foreign_ship(paid), b"garbage", *map(a_foreign_ship, (cancelled, uuid4())))

    eventually(lambda: rows.order(paid).status == "ASSEMBLED", within_s=20)
    worker.wait_for_output("assembled_orders_unknown")
    worker.wait_for_output("assembled_orders_not_paid")
    assert rows.order(paid).build_time_s == 4
    assert rows.order(cancelled).status == "CANCELLED"
    eventually(lambda: len(line.records(f"{line.assembled_topic}.dlq")) == 1)


def test_a_consumer_that_dies_between_hand_off_and_commit_changes_nothing_on_redelivery(
    line: OrderLine, rows: OrderRows, start_role: StartRole
) -> None:
    order_uuid = rows.add()
    worker = start_role("worker")
    dying = start_role("consumer", crash_at="after_hand_off")
    line.produce(a_foreign_ship(order_uuid))
    assert dying.wait_for_exit() == EXIT_KILLED
    eventually(lambda: rows.order(order_uuid).status == "ASSEMBLED")
    before = rows.order(order_uuid)

    start_role("consumer")

    worker.wait_for_output('"repeated": 1')
    assert rows.order(order_uuid) == before


def test_a_paid_order_without_a_ship_is_redriven_with_the_same_record(
    line: OrderLine, rows: OrderRows, start_role: StartRole
) -> None:
    order_uuid = rows.add()
    ago = timedelta(seconds=40)
    event_uuid = rows.add_event(order_uuid, topic=line.paid_topic, age=ago, published_ago=ago)
    start_role("relay")

    worker = start_role("worker")

    (record,) = eventually(lambda: line.records(line.paid_topic), within_s=20)
    event = rows.event(event_uuid)
    assert record.key == str(order_uuid).encode()
    assert abs(record.timestamp - event.occurred_at) < timedelta(milliseconds=1)
    assert event.redrives == 1
    worker.wait_for_output("orders_redriven")
