"""The notification service over a real channel: it is never waited for long, nor often."""

from collections.abc import Iterator
from functools import partial

import grpc
import pytest
from structlog.testing import capture_logs

from libs.contracts.notification.v1 import notification_pb2 as wire
from libs.contracts.notification.v1 import notification_pb2_grpc
from libs.grpc.channel import open_channel
from order_service.client.notification import LEFT_ALONE_S, GrpcDeliveries
from order_service.model.errors import DeliveriesUnavailable
from tests.integration.order_service.peers import serving
from tests.support.monotonic import FakeMonotonic
from tests.unit.order_service.builders import ORDER

SHORT_S = 0.3


class Notifications(notification_pb2_grpc.NotificationServiceServicer):
    """Answers, or fails in the ways of a test."""

    def __init__(self) -> None:
        self.status: grpc.StatusCode | None = None
        self.answer = wire.ListDeliveriesResponse()
        self.calls = 0

    def ListDeliveries(  # noqa: N802  # gRPC's name
        self, request: wire.ListDeliveriesRequest, context: grpc.ServicerContext
    ) -> wire.ListDeliveriesResponse:
        self.calls += 1
        if self.status:
            context.abort(self.status, "the peer's own words")
        return self.answer


@pytest.fixture
def peer() -> Notifications:
    return Notifications()


@pytest.fixture
def deliveries(
    peer: Notifications, port: int, monotonic: FakeMonotonic
) -> Iterator[GrpcDeliveries]:
    register = partial(notification_pb2_grpc.add_NotificationServiceServicer_to_server, peer)
    with serving(port, register), open_channel("127.0.0.1", port) as channel:
        yield GrpcDeliveries(channel, timeout_s=5, monotonic=monotonic)


def assert_unavailable(deliveries: GrpcDeliveries) -> None:
    with pytest.raises(DeliveriesUnavailable):
        deliveries.of_orders([ORDER])


@pytest.mark.parametrize(
    "status",
    [
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.UNIMPLEMENTED,
    ],
)
def test_after_a_failure_it_is_left_alone_and_then_asked_once(
    deliveries: GrpcDeliveries,
    peer: Notifications,
    monotonic: FakeMonotonic,
    status: grpc.StatusCode,
) -> None:
    peer.status = status
    for _ in range(3):
        assert_unavailable(deliveries)
    assert peer.calls == 1

    monotonic.advance(LEFT_ALONE_S)
    for _ in range(3):
        assert_unavailable(deliveries)
    assert peer.calls == 2


def test_an_outage_is_two_lines_in_the_log(
    deliveries: GrpcDeliveries, peer: Notifications, monotonic: FakeMonotonic
) -> None:
    with capture_logs() as lines:
        peer.status = grpc.StatusCode.UNAVAILABLE
        for _ in range(3):
            assert_unavailable(deliveries)
            monotonic.advance(LEFT_ALONE_S)
        peer.status = None
        assert list(deliveries.of_orders([ORDER])) == []

    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("deliveries_left_out", "warning"),
        ("deliveries_shown_again", "info"),
    ]
    assert "the peer's own words" in lines[0]["reason"]


@pytest.mark.parametrize(
    "wrong", [wire.Delivery(order_uuid="mine"), wire.Delivery(order_uuid=str(ORDER))]
)
def test_an_answer_that_cannot_be_read_is_no_answer(
    deliveries: GrpcDeliveries, peer: Notifications, wrong: wire.Delivery
) -> None:
    peer.answer = wire.ListDeliveriesResponse(deliveries=[wrong])

    assert_unavailable(deliveries)


def test_a_service_that_does_not_run_is_not_waited_for(port: int) -> None:
    with open_channel("127.0.0.1", port) as channel:
        assert_unavailable(GrpcDeliveries(channel, timeout_s=60))
