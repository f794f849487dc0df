"""Peers of the order service: real gRPC servers in the test, scriptable and recording."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from functools import partial
from threading import Event, Lock
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from libs.contracts.inventory.v1 import inventory_pb2, inventory_pb2_grpc
from libs.contracts.notification.v1 import notification_pb2, notification_pb2_grpc
from libs.contracts.payment.v1 import payment_pb2, payment_pb2_grpc

THREADS = 16

PRICE = Decimal("10.50")


class Charge(NamedTuple):
    order_uuid: str
    method: int
    transaction_uuid: str


def transaction_for(order_uuid: str) -> str:
    """Return an order's only transaction."""
    return str(uuid5(NAMESPACE_URL, order_uuid))


class RecordingPayments(payment_pb2_grpc.PaymentServiceServicer):
    """Records every charge; can wait before it charges and lose its answer after."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.ledger: list[Charge] = []
        self.called = Event()
        self.may_go_on = Event()
        self.may_go_on.set()
        self.dies_after_charging = False
        self.refuses_repeats = False

    def PayOrder(  # noqa: N802  # gRPC's name
        self, request: payment_pb2.PayOrderRequest, context: grpc.ServicerContext
    ) -> payment_pb2.PayOrderResponse:
        self.called.set()
        self.may_go_on.wait(20)
        if self.refuses_repeats and any(c.order_uuid == request.order_uuid for c in self.ledger):
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "charged before")
        transaction = transaction_for(request.order_uuid)
        with self._lock:
            charge = Charge(request.order_uuid, request.payment_method, transaction)
            self.ledger.append(charge)
        if self.dies_after_charging:
            context.abort(grpc.StatusCode.UNAVAILABLE, "died")
        return payment_pb2.PayOrderResponse(transaction_uuid=transaction)


class EveryPart(inventory_pb2_grpc.InventoryServiceServicer):
    """Has every part except one, for 10.50."""

    def __init__(self, unknown: UUID | None) -> None:
        self._unknown = str(unknown)

    def ListParts(  # noqa: N802  # gRPC's name
        self, request: inventory_pb2.ListPartsRequest, context: grpc.ServicerContext
    ) -> inventory_pb2.ListPartsResponse:
        parts = [
            inventory_pb2.Part(uuid=uuid, price=float(PRICE))
            for uuid in request.filter.uuids
            if uuid != self._unknown
        ]
        return inventory_pb2.ListPartsResponse(parts=parts)


class SilentNotifications(notification_pb2_grpc.NotificationServiceServicer):
    """Takes calls and never answers, like a service that is frozen."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.calls = 0

    def ListDeliveries(  # noqa: N802  # gRPC's name
        self, request: notification_pb2.ListDeliveriesRequest, context: grpc.ServicerContext
    ) -> notification_pb2.ListDeliveriesResponse:
        with self._lock:
            self.calls += 1
        hung_up = Event()
        context.add_callback(hung_up.set)
        hung_up.wait(20)
        return notification_pb2.ListDeliveriesResponse()


Register = Callable[[grpc.Server], object]


@contextmanager
def serving(port: int, *registered: Register) -> Iterator[None]:
    server = grpc.server(ThreadPoolExecutor(THREADS))
    for register in registered:
        register(server)
    server.add_insecure_port(f"{LOOPBACK}:{port}")
    server.start()
    try:
        yield
    finally:
        server.stop(None).wait()


@contextmanager
def served(register: Register, service: str) -> Iterator[int]:
    """Serve on a free port, with health, and yield the port."""
    healthy = health.HealthServicer()
    healthy.set(service, health_pb2.HealthCheckResponse.SERVING)
    port = free_port()
    with serving(port, register, partial(health_pb2_grpc.add_HealthServicer_to_server, healthy)):
        yield port


def served_payments(payments: RecordingPayments) -> AbstractContextManager[int]:
    register = partial(payment_pb2_grpc.add_PaymentServiceServicer_to_server, payments)
    return served(register, "payment.v1.PaymentService")


def served_inventory(*, unknown: UUID | None = None) -> AbstractContextManager[int]:
    parts = EveryPart(unknown)
    register = partial(inventory_pb2_grpc.add_InventoryServiceServicer_to_server, parts)
    return served(register, "inventory.v1.InventoryService")


def served_notifications(
    notifications: notification_pb2_grpc.NotificationServiceServicer,
) -> AbstractContextManager[int]:
    register = partial(
        notification_pb2_grpc.add_NotificationServiceServicer_to_server, notifications
    )
    return served(register, "notification.v1.NotificationService")
