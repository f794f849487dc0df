"""Calls counted in Redis, which no request waits for when it is away."""

import time
from collections.abc import Callable
from threading import Lock

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from order_service.service.orders.edge_ports import CallCounter, Window

ANSWERS_WITHIN_S = 0.2
"""Seconds that a request may be held by a Redis that is frozen or unreachable."""

LEFT_ALONE_S = 5.0
"""Seconds between such requests."""

log = structlog.get_logger(__name__)


def open_counter_store(broker_url: str) -> Redis:
    """Connect on first use, with short time limits and no second try."""
    return Redis.from_url(
        broker_url,
        socket_timeout=ANSWERS_WITHIN_S,
        socket_connect_timeout=ANSWERS_WITHIN_S,
        retry=Retry(NoBackoff(), 0),
    )


class RedisCounter(CallCounter):
    """One round trip a call. After a failure nothing is counted, and Redis is asked every 5 s."""

    def __init__(self, redis: Redis, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._ticks = ticks
        self._lock = Lock()
        self._is_away = False
        self._ask_again_at = 0.0

    def count(self, caller: str, *, window_s: int) -> Window | None:
        if not self._may_ask():
            return None
        try:
            window = self._count(caller, window_s)
        except (RedisError, OSError) as error:
            self._leave_alone(error)
            return None
        if self._is_away:
            self._trust_again()
        return window

    def _count(self, caller: str, window_s: int) -> Window:
        with self._redis.pipeline() as transaction:
            transaction.set(caller, 0, ex=window_s, nx=True)
            transaction.incr(caller)
            transaction.pttl(caller)
            _, calls, left_ms = transaction.execute()
        return Window(calls=calls, ends_in_s=left_ms / 1000)

    def _may_ask(self) -> bool:
        if not self._is_away:
            return True
        with self._lock:
            now = self._ticks()
            if now < self._ask_again_at:
                return False
            # One request tries; the others go on without.
            self._ask_again_at = now + LEFT_ALONE_S
            return True

    def _leave_alone(self, error: Exception) -> None:
        with self._lock:
            is_news = not self._is_away
            self._is_away = True
            self._ask_again_at = self._ticks() + LEFT_ALONE_S
        # Its name may mean another Redis by now, and this one refuse to write.
        self._redis.connection_pool.disconnect(inuse_connections=False)
        if is_news:
            log.warning("rate_limits_suspended", reason=str(error))

    def _trust_again(self) -> None:
        with self._lock:
            is_news = self._is_away
            self._is_away = False
        if is_news:
            log.info("rate_limits_resumed")
