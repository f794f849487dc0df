from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.events.v1 import events_pb2
from libs.contracts.inventory.v1 import inventory_pb2
from libs.contracts.payment.v1 import payment_pb2
from order_service.converter.events import order_paid_to_proto, ship_assembled_from_record
from order_service.converter.inventory import list_parts_request, prices_from_proto
from order_service.converter.payment import pay_order_request
from order_service.converter.rest import cursor_from_text, cursor_to_text
from order_service.model.errors import TotalPriceTooHigh
from order_service.model.events import OrderPaid, ShipAssembled
from order_service.model.payment_method import PaymentMethod
from order_service.service.orders.create_order import total_price
from order_service.service.orders.ports import PagePosition
from tests.support.kafka import a_record
from tests.unit.order_service.builders import ENGINE, ORDER, USER, a_claim

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(4000, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)

INT64 = st.integers(-(2**63), 2**63 - 1)
INT32 = st.integers(-(2**31), 2**31 - 1)


@given(st.builds(OrderPaid, occurred_at=MOMENTS))
def test_a_paid_order_survives_the_wire(event: OrderPaid) -> None:
    wire = events_pb2.OrderPaid.FromString(order_paid_to_proto(event))

    assert (
        OrderPaid(
            event_uuid=UUID(wire.event_uuid),
            order_uuid=UUID(wire.order_uuid),
            user_uuid=UUID(wire.user_uuid),
            payment_method=PaymentMethod(wire.payment_method),
            transaction_uuid=UUID(wire.transaction_uuid),
            occurred_at=wire.occurred_at.ToDatetime(tzinfo=UTC),
        )
        == event
    )


@given(
    st.builds(ShipAssembled, build_time_s=st.integers(0, 86400)),
    st.builds(Timestamp, seconds=INT64, nanos=INT32),
)
def test_an_assembled_ship_survives_the_wire_with_any_time(
    event: ShipAssembled, occurred_at: Timestamp
) -> None:
    wire = events_pb2.ShipAssembled(
        event_uuid=str(event.event_uuid),
        order_uuid=str(event.order_uuid),
        user_uuid=str(event.user_uuid),
        build_time_sec=event.build_time_s,
        occurred_at=occurred_at,
    )

    record = replace(
        a_record(wire.SerializeToString()),
        partition=event.record.partition,
        offset=event.record.offset,
        timestamp=event.record.at,
    )
    assert ship_assembled_from_record(record) == event


@given(MOMENTS, st.uuids())
def test_a_cursor_leads_back_to_its_position(moment: datetime, order_uuid: UUID) -> None:
    position = PagePosition(created_at=moment, order_uuid=order_uuid)

    assert cursor_from_text(cursor_to_text(position)) == position


@pytest.mark.parametrize("method", list(PaymentMethod))
def test_every_method_has_its_number_on_the_wire(method: PaymentMethod) -> None:
    wire = pay_order_request(a_claim(method=method))

    assert payment_pb2.PaymentMethod.Name(wire.payment_method) == f"PAYMENT_METHOD_{method}"
    assert (wire.order_uuid, wire.user_uuid) == (str(ORDER), str(USER))


@pytest.mark.parametrize(
    ("wire", "price"), [(10.1, "10.10"), (0.1 + 0.2, "0.30"), (2.675, "2.68"), (0.0, "0.00")]
)
def test_a_price_is_read_to_the_cent(wire: float, price: str) -> None:
    prices = prices_from_proto([inventory_pb2.Part(uuid=str(ENGINE), price=wire)])

    assert {part: str(read) for part, read in prices.items()} == {ENGINE: price}
    assert isinstance(prices[ENGINE], Decimal)


@pytest.mark.parametrize("wire", [1e10, 1e26, 1e40, 1.7e308])
def test_a_price_that_no_order_can_hold_makes_the_total_too_high(wire: float) -> None:
    prices = prices_from_proto([inventory_pb2.Part(uuid=str(ENGINE), price=wire)])

    with pytest.raises(TotalPriceTooHigh):
        total_price([ENGINE] * 100, prices)


@pytest.mark.parametrize("wire", [-1.0, float("nan"), float("inf")])
def test_an_invalid_price_is_refused(wire: float) -> None:
    with pytest.raises(ValueError, match="not a price"):
        prices_from_proto([inventory_pb2.Part(uuid=str(ENGINE), price=wire)])


def test_parts_are_requested_by_their_uuids_only() -> None:
    assert list_parts_request([ENGINE, USER]) == inventory_pb2.ListPartsRequest(
        filter=inventory_pb2.PartsFilter(uuids=[str(ENGINE), str(USER)])
    )
