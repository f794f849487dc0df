"""Counts calls in Redis. A request never waits long for an unavailable Redis."""

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
"""Longest time that a frozen or unreachable Redis may delay a request."""

LEFT_ALONE_S = 5.0
"""Seconds after a failure in which Redis is not asked."""

log = structlog.get_logger(__name__)


def open_counter_store(broker_url: str) -> Redis:
    """Connect on first use, with short timeouts and no retry."""
    return Redis.from_url(
        broker_url,
        socket_timeout=ANSWER_TIMEOUT_S,
        socket_connect_timeout=ANSWER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


class RedisCounter(CallCounter):
    """Uses one round trip per call. After a failure it counts nothing and retries every 5 s."""

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
        # Reconnect next time: this server may be a replica now, and its name may point elsewhere.
        self._redis.connection_pool.disconnect(inuse_connections=False)
        if is_news:
            log.warning("rate_limits_suspended", reason=str(error))
