"""Waiting until a stack is quiet."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from libs.errors import AppError
from order_service.model.evidence import MalformedRecord, Violation
from tests.chaos.judging.evidence import Observation
from tests.chaos.judging.observing import violations_of

APART_S = 2.0
"""Seconds between the two equal looks."""

CHAT = frozenset({"I4", "I7"})
"""Invariants that may stay violated for longer: Telegram accepts one message a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The last look, its violations, and when the system was first seen in this state."""

    observation: Observation
    violations: list[Violation]
    at_s: float
    built_at_s: float
    """Since when the chat was the only thing behind."""


class _Looks:
    """Tracks since when looks are equal and since when only the chat is behind."""

    def __init__(self, begun_s: float) -> None:
        self.still_since_s = begun_s
        self.built_since_s: float | None = None
        self._before: Observation | None = None

    def add(self, observation: Observation | None, wrong: list[Violation], *, at_s: float) -> bool:
        """Return whether nothing is wrong and the previous look was equal."""
        is_still = observation is not None and not wrong and observation == self._before
        if not is_still:
            self.still_since_s = at_s
        if observation is None or any(each.invariant not in CHAT for each in wrong):
            self.built_since_s = None
        elif self.built_since_s is None:
            self.built_since_s = at_s
        self._before = None if wrong else observation
        return is_still


def wait_until_quiet(
    look: Callable[[], Observation],
    malformed: frozenset[MalformedRecord],
    *,
    within_s: float,
    ticks: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Ending:
    """Return when two looks are equal without violations, or the violations after within_s.

    Two equal looks alone are not enough: a killed worker's task is redelivered after a minute.
    If a look meets a periodic task's run, two more looks are needed.
    """
    begun_s = ticks()
    deadline = begun_s + within_s
    looks = _Looks(begun_s)
    while True:
        looked_at_s = ticks()
        is_last = looked_at_s > deadline
        observation = _seen(look, is_last=is_last)
        wrong = violations_of(observation, malformed) if observation else []
        is_still = looks.add(observation, wrong, at_s=looked_at_s)
        if observation and (is_last or is_still):
            return Ending(
                observation=observation,
                violations=wrong,
                at_s=looks.still_since_s,
                built_at_s=looks.built_since_s or looked_at_s,
            )
        sleep(APART_S)


def _seen(look: Callable[[], Observation], *, is_last: bool) -> Observation | None:
    """Return None while a store is unavailable, for a limited time."""
    try:
        return look()
    except AppError:
        if is_last:
            raise
        return None
