from errno import ECONNREFUSED, EMFILE

import pytest
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as RedisConnectionError
from structlog.testing import capture_logs

from libs.tasks.redis.refusal import RefusedByRedis
from libs.tasks.vitals import SILENCE_TIMEOUT_S, WorkerVitals
from tests.support.monotonic import FakeMonotonic


@pytest.fixture
def vitals(monotonic: FakeMonotonic) -> WorkerVitals:
    return WorkerVitals(monotonic=monotonic)


def not_connected(errno: int) -> RedisConnectionError:
    error = RedisConnectionError(f"Error {errno} connecting to 127.0.0.1:6379.")
    error.__cause__ = OSError(errno, "as the system says")
    return error


def test_a_worker_is_healthy_while_it_hears_of_tasks_and_not_when_its_threads_only_tick(
    vitals: WorkerVitals, monotonic: FakeMonotonic
) -> None:
    begun = vitals.is_healthy
    vitals.heard()
    heard = vitals.is_healthy
    monotonic.advance(SILENCE_TIMEOUT_S)

    assert (begun, heard, vitals.is_healthy) == (False, True, False)


def test_a_worker_that_waits_for_a_redis_that_is_away_is_healthy_and_says_so_once(
    vitals: WorkerVitals, monotonic: FakeMonotonic
) -> None:
    with capture_logs() as lines:
        for _ in range(100):
            vitals.waits(not_connected(ECONNREFUSED))
            monotonic.advance(1.0)
            assert vitals.is_healthy
        vitals.accepted()

    assert [line["event"] for line in lines] == ["waiting_for_dependency", "dependency_arrived"]
    assert not vitals.is_healthy, "it is connected, and has not heard of a task yet"


@pytest.mark.parametrize(
    "error", [RefusedByRedis("READONLY"), AuthenticationError("WRONGPASS")], ids=str
)
def test_a_worker_that_redis_refuses_is_unhealthy_at_once_and_says_so_once(
    vitals: WorkerVitals, error: Exception
) -> None:
    vitals.heard()

    with capture_logs() as lines:
        for _ in range(3):
            vitals.waits(error)
            assert not vitals.is_healthy
        vitals.accepted()
        vitals.heard()

    assert vitals.is_healthy
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("redis_refuses", "error"),
        ("dependency_arrived", "info"),
    ]


def test_a_worker_that_cannot_open_connections_is_unhealthy(vitals: WorkerVitals) -> None:
    vitals.heard()

    vitals.waits(not_connected(EMFILE))

    assert not vitals.is_healthy
