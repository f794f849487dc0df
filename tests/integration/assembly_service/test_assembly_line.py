from uuid import UUID, uuid5

from tests.integration.assembly_service.conftest import AssemblyLine
from tests.support.eventually import eventually
from tests.support.roles import StartRole
from tests.unit.assembly_service.builders import EVENT_ID, ORDER_ID, USER_ID, an_order_paid_wire

SHIP_ID = uuid5(EVENT_ID, "order.assembled")


FOREIGN_RECORD = an_order_paid_wire(payment_method="PAYMENT_METHOD_CARD").SerializeToString()


def test_a_ship_is_built_for_a_foreign_record_without_headers_and_time(
    line: AssemblyLine, start_role: StartRole
) -> None:
    start_role("worker")
    start_role("consumer")

    line.pay(FOREIGN_RECORD)

    (ship,) = eventually(line.assembled, within_s=20)
    assert UUID(ship.event_uuid) == SHIP_ID
    assert (UUID(ship.order_uuid), UUID(ship.user_uuid)) == (ORDER_ID, USER_ID)
    assert ship.build_time_sec == 1
    assert ship.HasField("occurred_at")
