"""Calls over a real channel: what each gRPC status means for the order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from threading import Event, Timer
from uuid import uuid4

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from libs.contracts.inventory.v1 import inventory_pb2, inventory_pb2_grpc
from libs.contracts.payment.v1 import payment_pb2, payment_pb2_grpc
from libs.errors import AppError
from libs.grpc.channel import open_channel
from order_service.client.health import PeerNotReady, peer_check
from order_service.client.inventory import GrpcInventory
from order_service.client.payment import GrpcPayments
from order_service.model.errors import (
    InventoryTimedOut,
    InventoryUnavailable,
    PaymentDeclined,
    PaymentInDoubt,
    PaymentInvalid,
    PaymentTimedOut,
    PaymentUnavailable,
)
from tests.integration.order_service.peers import serving
from tests.unit.order_service.builders import ENGINE, TRANSACTION, a_claim

Status = grpc.StatusCode

SHORT_S = 0.3


class Peer(payment_pb2_grpc.PaymentServiceServicer, inventory_pb2_grpc.InventoryServiceServicer):
    """Inventory and payment; answers with a status, a text, or after the deadline."""

    def __init__(self) -> None:
        self.statuses: list[grpc.StatusCode] = []
        self.transaction = str(TRANSACTION)
        self.price = 10.5
        self.is_slow = False
        self.calls = 0

    def PayOrder(  # noqa: N802  # gRPC's name
        self, request: payment_pb2.PayOrderRequest, context: grpc.ServicerContext
    ) -> payment_pb2.PayOrderResponse:
        self._fail(context)
        return payment_pb2.PayOrderResponse(transaction_uuid=self.transaction)

    def ListParts(  # noqa: N802  # gRPC's name
        self, request: inventory_pb2.ListPartsRequest, context: grpc.ServicerContext
    ) -> inventory_pb2.ListPartsResponse:
        self._fail(context)
        parts = [inventory_pb2.Part(uuid=uuid, price=self.price) for uuid in request.filter.uuids]
        return inventory_pb2.ListPartsResponse(parts=parts)

    def _fail(self, context: grpc.ServicerContext) -> None:
        self.calls += 1
        if self.is_slow:
            hung_up = Event()
            context.add_callback(hung_up.set)
            hung_up.wait(5)
        if self.statuses:
            context.abort(self.statuses.pop(0), "the peer's own words")


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def channel(peer: Peer, port: int) -> Iterator[grpc.Channel]:
    payments = partial(payment_pb2_grpc.add_PaymentServiceServicer_to_server, peer)
    inventory = partial(inventory_pb2_grpc.add_InventoryServiceServicer_to_server, peer)
    with serving(port, payments, inventory), open_channel("127.0.0.1", port) as channel:
        yield channel


@pytest.fixture
def payments(channel: grpc.Channel) -> GrpcPayments:
    return GrpcPayments(channel, timeout_s=5)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (Status.INVALID_ARGUMENT, PaymentInvalid),
        (Status.FAILED_PRECONDITION, PaymentDeclined),
        (Status.RESOURCE_EXHAUSTED, PaymentUnavailable),
        (Status.UNAVAILABLE, PaymentUnavailable),
        (Status.DEADLINE_EXCEEDED, PaymentTimedOut),
        (Status.INTERNAL, PaymentUnavailable),
        (Status.UNKNOWN, PaymentUnavailable),
        (Status.NOT_FOUND, PaymentUnavailable),
        (Status.ABORTED, PaymentUnavailable),
        (Status.UNIMPLEMENTED, PaymentUnavailable),
    ],
)
def test_only_an_answer_of_the_payment_service_proves_that_nothing_was_charged(
    payments: GrpcPayments, peer: Peer, status: grpc.StatusCode, error: type[AppError]
) -> None:
    peer.statuses = [status] * 9

    with pytest.raises(error) as caught:
        payments.pay(a_claim())

    assert type(caught.value) is error


def test_a_payment_service_that_comes_back_within_the_deadline_is_not_noticed(
    payments: GrpcPayments, peer: Peer
) -> None:
    peer.statuses = [Status.UNAVAILABLE, Status.UNAVAILABLE]

    assert payments.pay(a_claim()) == TRANSACTION
    assert peer.calls == 3


def test_a_payment_that_is_refused_on_a_retry_may_have_been_charged_before(
    payments: GrpcPayments, peer: Peer
) -> None:
    peer.statuses = [Status.UNAVAILABLE, Status.RESOURCE_EXHAUSTED]

    with pytest.raises(PaymentUnavailable):
        payments.pay(a_claim())

    assert peer.calls == 2


@pytest.mark.parametrize("refusal", [Status.FAILED_PRECONDITION, Status.INVALID_ARGUMENT])
@pytest.mark.parametrize("first", [Status.UNAVAILABLE, Status.CANCELLED])
def test_a_refusal_of_a_retry_does_not_prove_that_nothing_was_charged(
    payments: GrpcPayments, peer: Peer, first: grpc.StatusCode, refusal: grpc.StatusCode
) -> None:
    peer.statuses = [first, refusal]

    with pytest.raises(PaymentInDoubt) as caught:
        payments.pay(a_claim())

    assert caught.value.reason == "the peer's own words"
    assert peer.calls == 2


def test_a_refusal_after_a_failed_connection_proves_that_nothing_was_charged(
    peer: Peer, port: int
) -> None:
    peer.statuses = [Status.FAILED_PRECONDITION]
    server = grpc.server(ThreadPoolExecutor(1))
    payment_pb2_grpc.add_PaymentServiceServicer_to_server(peer, server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    starting = Timer(0.2, server.start)

    with open_channel("127.0.0.1", port) as channel:
        starting.start()
        with pytest.raises(PaymentDeclined):
            GrpcPayments(channel, timeout_s=5).pay(a_claim())

    server.stop(None).wait()


def test_a_payment_service_that_was_unavailable_is_tried_once_per_call(
    payments: GrpcPayments, peer: Peer
) -> None:
    peer.statuses = [Status.UNAVAILABLE] * 6
    for _ in range(2):
        with pytest.raises(PaymentUnavailable):
            payments.pay(a_claim())

    assert peer.calls == 6
    assert payments.pay(a_claim()) == TRANSACTION


def test_a_slow_payment_is_given_up_at_its_deadline(channel: grpc.Channel, peer: Peer) -> None:
    peer.is_slow = True

    with pytest.raises(PaymentTimedOut):
        GrpcPayments(channel, timeout_s=SHORT_S).pay(a_claim())


def test_an_answer_without_a_transaction_does_not_prove_that_nothing_was_charged(
    payments: GrpcPayments, peer: Peer
) -> None:
    peer.transaction = "17"

    with pytest.raises(PaymentUnavailable):
        payments.pay(a_claim())


@pytest.mark.parametrize("status", [Status.UNAVAILABLE, Status.INTERNAL, Status.INVALID_ARGUMENT])
def test_an_inventory_that_fails_is_unavailable(
    channel: grpc.Channel, peer: Peer, status: grpc.StatusCode
) -> None:
    peer.statuses = [status] * 9

    with pytest.raises(InventoryUnavailable):
        GrpcInventory(channel, timeout_s=2).prices([ENGINE])


def test_an_inventory_that_is_slow_has_timed_out(channel: grpc.Channel, peer: Peer) -> None:
    peer.is_slow = True

    with pytest.raises(InventoryTimedOut):
        GrpcInventory(channel, timeout_s=SHORT_S).prices([ENGINE])


def test_an_invalid_price_makes_the_inventory_unavailable(
    channel: grpc.Channel, peer: Peer
) -> None:
    peer.price = -1

    with pytest.raises(InventoryUnavailable):
        GrpcInventory(channel, timeout_s=2).prices([ENGINE])


@pytest.mark.parametrize(
    ("status", "reason"),
    [("SERVING", None), ("NOT_SERVING", "NOT_SERVING"), (None, "NOT_FOUND")],
)
def test_a_peer_is_ready_when_it_says_so(port: int, status: str | None, reason: str | None) -> None:
    servicer = health.HealthServicer()
    if status:
        servicer.set("a.Service", health_pb2.HealthCheckResponse.ServingStatus.Value(status))
    healthy = partial(health_pb2_grpc.add_HealthServicer_to_server, servicer)

    with serving(port, healthy), open_channel("127.0.0.1", port) as channel:
        assert reason_of(peer_check(channel, "a.Service")) == reason


def test_an_absent_peer_is_not_ready(port: int) -> None:
    with open_channel("127.0.0.1", port) as channel:
        assert reason_of(peer_check(channel, "a.Service")) in {"UNAVAILABLE", "DEADLINE_EXCEEDED"}


def reason_of(check: Callable[[], None]) -> str | None:
    try:
        check()
    except PeerNotReady as error:
        return str(error)
    return None


def test_orders_that_ask_for_prices_together_get_their_own(
    channel: grpc.Channel, peer: Peer
) -> None:
    inventory = GrpcInventory(channel, timeout_s=5)
    parts = [[uuid4() for _ in range(3)] for _ in range(40)]

    with ThreadPoolExecutor(8) as callers:
        prices = list(callers.map(inventory.prices, parts))

    assert prices == [dict.fromkeys(each, Decimal("10.50")) for each in parts]
    assert peer.calls < len(parts)
