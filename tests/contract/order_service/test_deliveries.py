"""Contract of the deliveries: in memory, and from the notification service's own API over gRPC."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from deploy.local.engines.engine import LOOPBACK
from libs.grpc.channel import open_channel
from notification_service.api.grpc.deliveries import NotificationApi
from notification_service.converter.deliveries import MAX_ORDERS
from notification_service.model.delivery import DeliverySeen
from notification_service.model.delivery import DeliveryState as StateOfTheService
from notification_service.service.list_deliveries import ListDeliveries
from order_service.client.notification import GrpcDeliveries
from order_service.model.delivery import Delivery, DeliveryState
from order_service.service.orders.ports import Deliveries
from tests.integration.order_service.peers import served_notifications
from tests.unit.notification_service.builders import a_delivery_seen
from tests.unit.order_service.builders import NOON, ORDER, a_delivery
from tests.unit.order_service.fakes import FakeDeliveries

ANOTHER = uuid4()

SENT = a_delivery()
HELD_UP = a_delivery(
    kind="assembled",
    state=DeliveryState.NEW,
    attempts=2,
    sent_at=None,
    waits_for="the pace of the chat",
    until=NOON + timedelta(seconds=3, microseconds=5),
)
GIVEN_UP = a_delivery(order_uuid=ANOTHER, state=DeliveryState.DEAD, sent_at=None)

ALL = (SENT, HELD_UP, GIVEN_UP)


def stored(order_uuids: Collection[UUID]) -> Sequence[DeliverySeen]:
    """Return the same deliveries as the notification service stores them."""
    return [
        a_delivery_seen(**{**asdict(each), "state": StateOfTheService(each.state)})
        for each in ALL
        if each.order_uuid in order_uuids
    ]


@pytest.fixture(params=["memory", "grpc"])
def deliveries(request: pytest.FixtureRequest) -> Iterator[Deliveries]:
    if request.param == "memory":
        yield FakeDeliveries(*ALL)
        return
    with (
        served_notifications(NotificationApi(ListDeliveries(stored))) as port,
        open_channel(LOOPBACK, port) as channel,
    ):
        yield GrpcDeliveries(channel, timeout_s=5)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([ORDER], [SENT, HELD_UP]),
        ([ANOTHER, ORDER], [SENT, HELD_UP, GIVEN_UP]),
        ([uuid4()], []),
        ([ORDER, *(uuid4() for _ in range(MAX_ORDERS - 1))], [SENT, HELD_UP]),
    ],
)
def test_each_order_has_its_own_deliveries_as_they_are_stored(
    deliveries: Deliveries, asked: list[UUID], told: list[Delivery]
) -> None:
    assert list(deliveries.of_orders(asked)) == told


def test_both_services_name_the_same_states() -> None:
    assert [each.value for each in DeliveryState] == [each.value for each in StateOfTheService]
