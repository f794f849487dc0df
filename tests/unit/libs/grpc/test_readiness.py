import grpc
import pytest
from grpc_health.v1 import health_pb2
from structlog.testing import capture_logs

from libs.errors import Unavailable
from libs.grpc.readiness import Readiness

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class FakeDatabase:
    def __init__(self) -> None:
        self.trouble = ""

    def check(self) -> None:
        if self.trouble:
            raise Unavailable(self.trouble)


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
def readiness(database: FakeDatabase) -> Readiness:
    return Readiness("shop.v1.Shop", database.check)


def statuses(readiness: Readiness) -> set[int]:
    """Ask for the server and for its service."""
    context: grpc.ServicerContext = object()  # type: ignore[assignment]  # Check never looks at it
    return {
        readiness.servicer.Check(health_pb2.HealthCheckRequest(service=name), context).status
        for name in ("", "shop.v1.Shop")
    }


def test_nothing_is_served_before_the_first_look(readiness: Readiness) -> None:
    assert statuses(readiness) == {NOT_SERVING}


def test_health_follows_the_dependency(readiness: Readiness, database: FakeDatabase) -> None:
    readiness.look()
    before = statuses(readiness)
    database.trouble = "no answer"
    readiness.look()
    during = statuses(readiness)
    database.trouble = ""
    readiness.look()

    assert (before, during, statuses(readiness)) == ({SERVING}, {NOT_SERVING}, {SERVING})


def test_only_a_change_is_logged(readiness: Readiness, database: FakeDatabase) -> None:
    with capture_logs() as lines:
        for trouble in ("no answer", "no answer", "wrong password", "", ""):
            database.trouble = trouble
            readiness.look()

    assert [line["event"] for line in lines] == [
        "waiting_for_dependency",
        "waiting_for_dependency",
        "serving_began",
    ]


def test_after_the_end_it_stays_not_serving(readiness: Readiness) -> None:
    readiness.look()
    readiness.end()
    readiness.look()

    assert statuses(readiness) == {NOT_SERVING}
