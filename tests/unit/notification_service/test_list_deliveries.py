"""Deliveries over gRPC: what a caller may ask, and what it is told."""

from uuid import UUID, uuid4

import pytest

from libs.contracts.notification.v1 import notification_pb2 as wire
from libs.errors import InvalidInput
from notification_service.converter.deliveries import (
    MAX_ORDERS,
    delivery_to_proto,
    order_uuids_from_proto,
)
from notification_service.model.delivery import DeliveryState
from tests.unit.notification_service.builders import ORDER_UUID, START, a_delivery_seen


def a_request(*order_uuids: str) -> wire.ListDeliveriesRequest:
    return wire.ListDeliveriesRequest(order_uuids=order_uuids)


def test_a_call_may_ask_for_a_hundred_orders_and_no_more() -> None:
    most = [str(uuid4()) for _ in range(MAX_ORDERS)]

    assert order_uuids_from_proto(a_request(*most)) == [UUID(each) for each in most]
    with pytest.raises(InvalidInput, match=r"^order_uuids: 101 are more than 100$"):
        order_uuids_from_proto(a_request(*most, ORDER_UUID))


def test_an_id_that_is_no_uuid_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"^order_uuids: 'mine' is not a uuid$"):
        order_uuids_from_proto(a_request(ORDER_UUID, "mine"))


@pytest.mark.parametrize("state", DeliveryState)
def test_every_state_is_told(state: DeliveryState) -> None:
    told = delivery_to_proto(a_delivery_seen(state=state))

    assert wire.DeliveryState.Name(told.state) == f"DELIVERY_STATE_{state}"


def test_what_is_not_known_is_absent() -> None:
    told = delivery_to_proto(a_delivery_seen())

    assert not any(told.HasField(name) for name in ("sent_at", "waits_for", "until"))
    assert told.created_at.ToDatetime(START.tzinfo) == START


def test_what_is_for_operators_is_not_told() -> None:
    seen = a_delivery_seen(
        state=DeliveryState.DEAD, chat_id=987654, message_id=456789, last_error="kicked"
    )

    text = str(delivery_to_proto(seen))

    assert not any(secret in text for secret in ("987654", "456789", "kicked"))
