"""The way of an order, with what the chat was told if that is known."""

from uuid import uuid4

import pytest

from order_service.model.delivery import DeliveryState
from order_service.model.errors import DeliveriesUnavailable, OrderNotFound
from order_service.service.orders.ports import Deliveries
from order_service.service.orders.show_timeline import ShowTimeline
from tests.unit.order_service.builders import ORDER, HandClock, a_delivery, an_order
from tests.unit.order_service.fakes import FakeDeliveries, FakeOrders


def a_show_timeline(deliveries: Deliveries | None) -> ShowTimeline:
    return ShowTimeline(FakeOrders(an_order(), clock=HandClock()), deliveries)


def test_the_deliveries_of_this_order_are_its_last_steps() -> None:
    dead = a_delivery(kind="assembled", state=DeliveryState.DEAD, sent_at=None, attempts=3)
    of_another = a_delivery(order_uuid=uuid4())

    told = a_show_timeline(FakeDeliveries(a_delivery(), of_another, dead))(ORDER)

    assert [step.name for step in told.steps()] == [
        *("created", "delivery_paid", "delivery_assembled")
    ]
    assert told.steps()[-1].details == {"state": "DEAD", "attempts": 3}


def test_an_order_that_nobody_heard_of_has_known_deliveries_and_none_of_them() -> None:
    told = a_show_timeline(FakeDeliveries())(ORDER)

    assert told.deliveries == []


def test_a_way_is_shown_without_deliveries_while_they_are_unavailable() -> None:
    deliveries = FakeDeliveries(a_delivery())
    deliveries.failure = DeliveriesUnavailable()

    told = a_show_timeline(deliveries)(ORDER)

    assert told.deliveries is None
    assert [step.name for step in told.steps()] == ["created"]


def test_a_way_is_shown_without_deliveries_if_there_is_nobody_to_ask() -> None:
    assert a_show_timeline(None)(ORDER).deliveries is None


def test_nobody_is_asked_for_the_deliveries_of_an_unknown_order() -> None:
    deliveries = FakeDeliveries()
    deliveries.failure = AssertionError("asked")  # type: ignore[assignment]  # no failure of a port

    with pytest.raises(OrderNotFound):
        a_show_timeline(deliveries)(uuid4())
