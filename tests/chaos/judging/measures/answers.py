"""Measures customers' answers and times, and compares them with those before the fault."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from libs.clock import utc_now

SLOWER_AT_MOST = 2.0

SERVED = {"create 201", "pay 200"}

UNNOTICED_S = 0.25
"""Differences below this are ignored: on a busy machine they are chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """outcome is the status, or the error's name if there was no answer."""

    request: str
    outcome: str
    asked_at_s: float
    """Time of time.monotonic()."""
    took_s: float

    def __str__(self) -> str:
        ago = timedelta(seconds=time.monotonic() - self.asked_at_s)
        asked_at = (utc_now() - ago).time().isoformat("seconds")
        return f"{self.request} {self.outcome} {self.took_s:.2f} s after {asked_at}"

    @property
    def is_failure(self) -> bool:
        """Whether it is the system's failure: no answer, or 5xx."""
        return not self.outcome.isdigit() or self.outcome.startswith("5")


def p95_s(answers: Sequence[Answer]) -> float:
    """Return the 95th percentile of the answer times; 0 without answers."""
    took = sorted(each.took_s for each in answers)
    return took[ceil(0.95 * len(took)) - 1] if took else 0.0


def worse(before: Sequence[Answer], while_down: Sequence[Answer]) -> Iterator[str]:
    """Return what customers would have noticed."""
    if not while_down:
        yield "no call was answered while it was down"
    for each in while_down:
        if each.is_failure:
            yield f"{each} while it was down"
    limit_s = max(UNNOTICED_S, SLOWER_AT_MOST * p95_s(before))
    if p95_s(while_down) > limit_s:
        yield f"p95 {p95_s(while_down):.3f} s while it was down, {p95_s(before):.3f} s before"


def unserved(given: Sequence[Answer]) -> Iterator[str]:
    """Return what is wrong with the answers to requests after the recovery."""
    for each in given:
        if each.is_failure:
            yield f"{each}, long after the recovery"
    got = {f"{each.request} {each.outcome}" for each in given}
    yield from (f"no call got {needed} after the recovery" for needed in SERVED - got)
