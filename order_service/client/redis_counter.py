"""Counts calls in Redis; no request waits for a Redis that is away."""

import time

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from libs.resilience.circuit_breaker import CircuitBreaker
from libs.resilience.monotonic import MonotonicClock
from order_service.service.orders.edge_ports import CallCounter, Window

ANSWER_TIMEOUT_S = 0.2
"""Seconds that a request may be held by a Redis that is frozen or unreachable."""

LEFT_ALONE_S = 5.0
"""Seconds between such requests."""

log = structlog.get_logger(__name__)


def open_counter_store(broker_url: str) -> Redis:
    """Connect on first use, with short time limits and no second try."""
    return Redis.from_url(
        broker_url,
        socket_timeout=ANSWER_TIMEOUT_S,
        socket_connect_timeout=ANSWER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


class RedisCounter(CallCounter):
    """One round trip a call. After a failure nothing is counted, and Redis is asked every 5 s."""

    def __init__(self, redis: Redis, *, monotonic: MonotonicClock = time.monotonic) -> None:
        self._redis = redis
        self._circuit = CircuitBreaker(open_for_s=LEFT_ALONE_S, monotonic=monotonic)

    def count(self, caller: str, *, window_s: int) -> Window | None:
        if not self._circuit.lets_pass():
            return None
        try:
            window = self._count(caller, window_s)
        except (RedisError, OSError) as error:
            self._leave_alone(error)
            return None
        if self._circuit.succeeded():
            log.info("rate_limits_resumed")
        return window

    def _count(self, caller: str, window_s: int) -> Window:
        with self._redis.pipeline() as transaction:
            transaction.set(caller, 0, ex=window_s, nx=True)
            transaction.incr(caller)
            transaction.pttl(caller)
            _, calls, left_ms = transaction.execute()
        return Window(calls=calls, ends_in_s=left_ms / 1000)

    def _leave_alone(self, error: Exception) -> None:
        is_news = self._circuit.failed(str(error))
        # Its name may mean another Redis by now, and this one may refuse to write.
        self._redis.connection_pool.disconnect(inuse_connections=False)
        if is_news:
            log.warning("rate_limits_suspended", reason=str(error))
