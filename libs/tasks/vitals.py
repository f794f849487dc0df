"""Tells whether a worker can take tasks, and logs once why not."""

import time
from collections.abc import Iterator
from errno import EMFILE, ENFILE

import structlog
from redis.exceptions import AuthenticationError

from libs.resilience.monotonic import MonotonicClock
from libs.resilience.on_change import OnChange
from libs.tasks.redis.refusal import RefusedByRedis

SILENCE_TIMEOUT_S = 30.0
"""Seconds without an answer from Redis or a finished task. A worker that waits for a task hears
from Redis every second; 30 s is the longest run of a task."""

OUT_OF_FILES = (EMFILE, ENFILE)

log = structlog.get_logger(__name__)


class WorkerVitals:
    """The health of one worker, over all its connections.

    It is healthy while it takes tasks, and while it waits for a Redis that is down. It is
    unhealthy while Redis refuses it, or while it cannot open a connection itself: an operator has
    to act.
    """

    def __init__(self, *, monotonic: MonotonicClock = time.monotonic) -> None:
        self._monotonic = monotonic
        self._heard_at_s = float("-inf")
        self._is_awaiting = False
        self._reason = OnChange()
        self._refusal = OnChange()

    @property
    def is_healthy(self) -> bool:
        return self._is_awaiting or self._monotonic() - self._heard_at_s < SILENCE_TIMEOUT_S

    def heard(self) -> None:
        """Note that Redis delivered a task or had none, or that a task is done."""
        self._heard_at_s = self._monotonic()

    def waits(self, error: Exception) -> None:
        """Log why it cannot connect, and again only if the reason changes."""
        is_refusal = isinstance(error, (RefusedByRedis, AuthenticationError))
        self._is_awaiting = not is_refusal and not _is_out_of_files(error)
        self._heard_at_s = float("-inf")
        if is_refusal:
            self.refused(str(error))
        elif self._reason.changes_to(str(error)):
            log.warning("waiting_for_dependency", dependency="redis", reason=str(error))

    def refused(self, reason: str) -> None:
        """Log that Redis refuses writes, once until it accepts them again."""
        if self._refusal.changes_to("refused"):
            log.error("redis_refuses", reason=reason)

    def accepted(self) -> None:
        """Note that Redis accepts writes."""
        if any((self._reason.changes_to(""), self._refusal.changes_to(""))):
            log.info("dependency_arrived", dependency="redis")
        self._is_awaiting = False


def _is_out_of_files(error: BaseException) -> bool:
    return any(getattr(each, "errno", None) in OUT_OF_FILES for each in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
