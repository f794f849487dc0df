from uuid import UUID, uuid5

from assembly_service.converter.events import order_paid_from_record, ship_assembled_to_record
from tests.support.golden import golden_sample
from tests.support.kafka import a_record
from tests.unit.assembly_service.builders import NOW, ORDER_ID, USER_ID, a_ship


def test_the_golden_order_paid_is_read() -> None:
    event = order_paid_from_record(a_record(golden_sample("order_paid")))

    assert event.event_uuid == uuid5(ORDER_ID, "order.paid")
    assert (event.order_uuid, event.user_uuid) == (ORDER_ID, USER_ID)


def test_the_golden_ship_assembled_is_what_this_service_writes() -> None:
    ship = a_ship(paid_event_uuid=uuid5(ORDER_ID, "order.paid"), build_time_s=7)

    record = ship_assembled_to_record(
        ship.assembled(NOW.replace(second=7, microsecond=250_000)), topic="order.assembled"
    )

    assert record.value == golden_sample("ship_assembled")
    assert record.key == str(UUID("0d6f6f0a-3c1b-4b43-9d1c-2d6f1c1e7a22")).encode()
