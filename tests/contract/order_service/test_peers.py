"""Contract of inventory and payment gateway: in memory, and over gRPC."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest

from deploy.local.engines.engine import LOOPBACK
from libs.grpc.channel import open_channel
from order_service.client.inventory import GrpcInventory
from order_service.client.payment import GrpcPayments
from order_service.service.orders.ports import Inventory, PaymentGateway
from tests.integration.order_service.peers import (
    PRICE,
    RecordingPayments,
    served_inventory,
    served_payments,
)
from tests.unit.order_service.builders import ENGINE, OTHER_CLAIM, WING, a_claim
from tests.unit.order_service.fakes import FakeInventory, FakePayments

GHOST = UUID(int=0)


@pytest.fixture(params=["memory", "grpc"])
def payments(request: pytest.FixtureRequest) -> Iterator[PaymentGateway]:
    if request.param == "memory":
        yield FakePayments()
        return
    with (
        served_payments(RecordingPayments()) as port,
        open_channel(LOOPBACK, port) as channel,
    ):
        yield GrpcPayments(channel, timeout_s=5)


@pytest.fixture(params=["memory", "grpc"])
def inventory(request: pytest.FixtureRequest) -> Iterator[Inventory]:
    if request.param == "memory":
        yield FakeInventory({ENGINE: PRICE, WING: PRICE})
        return
    with (
        served_inventory(unknown=GHOST) as port,
        open_channel(LOOPBACK, port) as channel,
    ):
        yield GrpcInventory(channel, timeout_s=2)


def test_a_repeat_by_any_holder_returns_the_same_transaction(payments: PaymentGateway) -> None:
    first = payments.pay(a_claim())

    assert payments.pay(a_claim(claim_id=OTHER_CLAIM)) == first


def test_two_orders_have_two_transactions(payments: PaymentGateway) -> None:
    other = a_claim(order_uuid=UUID(int=7))

    assert payments.pay(a_claim()) != payments.pay(other)


def test_prices_are_decimals_with_two_places(inventory: Inventory) -> None:
    prices = inventory.prices([ENGINE, WING])

    assert prices == {ENGINE: PRICE, WING: PRICE}
    assert {type(price) for price in prices.values()} == {Decimal}


def test_a_part_that_does_not_exist_is_left_out(inventory: Inventory) -> None:
    assert set(inventory.prices([GHOST, WING])) == {WING}
