"""The clock of Redis, which decides when a task is due or expired.

Celery by itself writes these times by the clock of the publisher's machine and reads them by the
clock of the worker's machine: a ship would be late or early by the difference.
"""

import time
from datetime import UTC, datetime, timedelta
from threading import Lock

import structlog
from redis import Redis
from redis.exceptions import RedisError

from libs.clock import Clock, utc_now
from libs.resilience.monotonic import MonotonicClock
from libs.tasks.errors import QueueUnavailable

ASK_EVERY_S = 30.0
ASK_AGAIN_AFTER_S = 5.0
"""Seconds after which Redis is asked for its time again, also after a failed attempt."""

ANSWER_TIMEOUT_S = 1.0

TOLERATED_S = 1.0
"""Seconds. A machine's clock that differs by more is logged as wrong."""

log = structlog.get_logger(__name__)


class RedisClock:
    """Returns Redis's time; between two answers it follows the monotonic clock. Thread-safe.

    Until Redis has answered once, it returns the machine's own time. The exact moment of an answer,
    between question and arrival, is unknown: a countdown may be too long by that, not too short.
    """

    def __init__(
        self,
        ask: Clock,
        *,
        clock: Clock = utc_now,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._monotonic = monotonic
        self._lock = Lock()
        self._zero: datetime | None = None
        self._doubt = timedelta()
        self._ask_at_s = float("-inf")
        self._said_s = 0.0

    def now(self) -> datetime:
        """Return Redis's time or slightly later. Asks Redis now and then, for at most 2 s."""
        with self._lock:
            if self._monotonic() >= self._ask_at_s:
                self._measure()
            zero = self._zero or self._clock() - self._since_zero()
            return zero + self._since_zero()

    def local(self, moment: datetime) -> datetime:
        """Convert a time of Redis to this machine's clock, or slightly later."""
        try:
            left = moment - self.now()  # first, because it may take a while
            return self._clock() + left + self._doubt
        except OverflowError:  # outside the calendar, by either clock
            return moment

    def _since_zero(self) -> timedelta:
        return timedelta(seconds=self._monotonic())

    def _measure(self) -> None:
        try:
            self._ask()  # connects if needed, so that the measured round trip is short
            asked_at_s = self._monotonic()
            answer = self._ask()
        except QueueUnavailable:
            self._ask_at_s = self._monotonic() + ASK_AGAIN_AFTER_S
            return
        answered_at_s = self._monotonic()
        self._zero = answer - timedelta(seconds=asked_at_s)
        self._doubt = timedelta(seconds=answered_at_s - asked_at_s)
        self._ask_at_s = answered_at_s + ASK_EVERY_S
        self._report((self._clock() - self._since_zero() - self._zero).total_seconds())

    def _report(self, ahead_s: float) -> None:
        """Log once when the machine's clock is wrong, wrong by another amount, or right again."""
        wrong_s = ahead_s if abs(ahead_s) > TOLERATED_S else 0.0
        if abs(wrong_s - self._said_s) > TOLERATED_S:
            if wrong_s:
                log.warning("clock_differs_from_redis", ahead_s=round(ahead_s, 1))
            else:
                log.info("clock_agrees_with_redis")
            self._said_s = wrong_s


def redis_time(broker_url: str) -> Clock:
    """Return a function that asks Redis for its time. It raises QueueUnavailable."""
    redis = Redis.from_url(
        broker_url, socket_timeout=ANSWER_TIMEOUT_S, socket_connect_timeout=ANSWER_TIMEOUT_S
    )

    def ask() -> datetime:
        try:
            seconds, microseconds = redis.time()
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"redis: {error}") from error
        return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)

    return ask
