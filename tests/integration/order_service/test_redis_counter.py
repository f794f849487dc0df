"""Calls counted in a real Redis, and the delay of requests while it is down."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from structlog.testing import capture_logs

from deploy.local.engines.process import EngineProcess
from order_service.client.redis_counter import (
    ANSWER_TIMEOUT_S,
    LEFT_ALONE_S,
    RedisCounter,
    open_counter_store,
)
from tests.support.monotonic import FakeMonotonic

SLACK_S = 1.0
"""Seconds that a busy machine may add."""


@pytest.fixture
def counter(private_url: str, monotonic: FakeMonotonic) -> Iterator[RedisCounter]:
    with open_counter_store(private_url) as store:
        yield RedisCounter(store, monotonic=monotonic)


def seconds_to_count(counter: RedisCounter) -> float:
    began_at = time.monotonic()
    assert counter.count("k", window_s=60) is None
    return time.monotonic() - began_at


def test_a_window_begins_with_its_first_call_and_ends_by_itself(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        counter = RedisCounter(redis)

        windows = [counter.count("k", window_s=60) for _ in range(3)]
        ends_in_ms = redis.pttl("k")

    assert [window.calls for window in windows if window] == [1, 2, 3]
    assert all(window and 55 < window.ends_in_s <= 60 for window in windows)
    assert 55_000 < ends_in_ms <= 60_000


def test_no_call_is_lost_between_many_threads(redis_url: str) -> None:
    with open_counter_store(redis_url) as redis, ThreadPoolExecutor(8) as pool:
        counter = RedisCounter(redis)
        windows = list(pool.map(lambda _: counter.count("k", window_s=60), range(400)))

    assert sorted(window.calls for window in windows if window) == list(range(1, 401))


@pytest.mark.parametrize("fault", ["freeze", "kill"])
def test_an_absent_redis_delays_one_request_and_then_none_for_a_while(
    private_redis: EngineProcess, counter: RedisCounter, monotonic: FakeMonotonic, fault: str
) -> None:
    assert counter.count("k", window_s=60)
    getattr(private_redis, fault)()

    with capture_logs() as lines:
        assert seconds_to_count(counter) < ANSWER_TIMEOUT_S + SLACK_S
        assert sum(seconds_to_count(counter) for _ in range(100)) < 10 * ANSWER_TIMEOUT_S
        monotonic.advance(LEFT_ALONE_S)
        assert seconds_to_count(counter) < ANSWER_TIMEOUT_S + SLACK_S
        assert sum(seconds_to_count(counter) for _ in range(100)) < 10 * ANSWER_TIMEOUT_S

    assert [line["event"] for line in lines] == ["rate_limits_suspended"]


def test_a_redis_that_is_back_is_used_again_and_logged_once(
    private_redis: EngineProcess, counter: RedisCounter, monotonic: FakeMonotonic
) -> None:
    private_redis.freeze()
    seconds_to_count(counter)
    private_redis.thaw()

    with capture_logs() as lines:
        assert counter.count("k", window_s=60) is None
        monotonic.advance(LEFT_ALONE_S)
        assert counter.count("k", window_s=60)
        assert counter.count("k", window_s=60)

    assert [line["event"] for line in lines] == ["rate_limits_resumed"]


def test_a_redis_that_refuses_to_write_is_left_alone_and_then_looked_up_again(
    private_url: str, counter: RedisCounter, monotonic: FakeMonotonic
) -> None:
    assert counter.count("k", window_s=60)
    with Redis.from_url(private_url) as operator, capture_logs() as lines:
        operator.config_set("min-replicas-to-write", "1")
        assert [counter.count("k", window_s=60) for _ in range(3)] == [None] * 3
        operator.config_set("min-replicas-to-write", "0")
        connected = operator.info("stats")["total_connections_received"]
        monotonic.advance(LEFT_ALONE_S)

        assert counter.count("k", window_s=60)

        assert operator.info("stats")["total_connections_received"] == connected + 1
    assert [line["event"] for line in lines] == ["rate_limits_suspended", "rate_limits_resumed"]
