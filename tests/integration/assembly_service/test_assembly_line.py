from uuid import UUID, uuid5

from tests.integration.assembly_service.conftest import AssemblyLine
from tests.support.eventually import eventually
from tests.support.roles import StartRole
from tests.unit.assembly_service.builders import EVENT_ID, ORDER_ID, USER_ID, an_order_paid_wire

SHIP_ID = uuid5(EVENT_ID, "order.assembled")


def a_foreign_record(order_uuid: UUID = ORDER_ID, event_uuid: UUID = EVENT_ID) -> bytes:
    wire = an_order_paid_wire(
        order_uuid=str(order_uuid),
        event_uuid=str(event_uuid),
        payment_method="PAYMENT_METHOD_CARD",
    )
    return wire.SerializeToString()


def test_a_ship_is_built_for_a_foreign_record_without_headers_and_time(
    line: AssemblyLine, start_role: StartRole
) -> None:
    start_role("worker")
    start_role("consumer")

    line.pay(a_foreign_record())

    (ship,) = eventually(line.assembled, within_s=20)
    assert UUID(ship.event_uuid) == SHIP_ID
    assert (UUID(ship.order_uuid), UUID(ship.user_uuid)) == (ORDER_ID, USER_ID)
    assert ship.build_time_sec == 1
    assert ship.HasField("occurred_at")
