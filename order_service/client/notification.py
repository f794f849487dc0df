"""The notification service over gRPC. A request never waits long for one that is away."""

import time
from collections.abc import Sequence
from uuid import UUID

import grpc
import structlog

from libs.contracts.notification.v1.notification_pb2_grpc import NotificationServiceStub
from libs.grpc.errors import peer_error
from libs.resilience.circuit_breaker import CircuitBreaker
from libs.resilience.monotonic import MonotonicClock
from order_service.converter.notification import deliveries_from_proto, list_deliveries_request
from order_service.model.delivery import Delivery
from order_service.model.errors import DeliveriesUnavailable
from order_service.service.orders.ports import Deliveries

LEFT_ALONE_S = 2.0
"""Seconds after a failure in which the service is not asked."""

log = structlog.get_logger(__name__)


class GrpcDeliveries(Deliveries):
    """After a failure one call every 2 s waits for an answer; all others fail at once."""

    def __init__(
        self,
        channel: grpc.Channel,
        *,
        timeout_s: float,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._stub = NotificationServiceStub(channel)
        self._timeout_s = timeout_s
        self._circuit = CircuitBreaker(open_for_s=LEFT_ALONE_S, monotonic=monotonic)

    def of_orders(self, order_uuids: Sequence[UUID]) -> Sequence[Delivery]:
        if not self._circuit.lets_pass():
            raise DeliveriesUnavailable
        try:
            reply = self._stub.ListDeliveries(
                list_deliveries_request(order_uuids), timeout=self._timeout_s
            )
            found = deliveries_from_proto(reply.deliveries)
        except grpc.RpcError as error:
            self._leave_alone(str(peer_error("notification", error)))
            raise DeliveriesUnavailable from error
        except ValueError as error:
            self._leave_alone(f"notification answered nonsense: {error}")
            raise DeliveriesUnavailable from error
        if self._circuit.succeeded():
            log.info("deliveries_shown_again")
        return found

    def _leave_alone(self, reason: str) -> None:
        if self._circuit.failed(reason):
            log.warning("deliveries_left_out", reason=reason)
