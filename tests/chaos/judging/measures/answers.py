"""What the customers got, when, and how long it took; and whether that is as good as before."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from libs.clock import utc_now

SLOWER_AT_MOST = 2.0

SERVED = {"create 201", "pay 200"}

UNNOTICED_S = 0.25
"""Below this no customer minds, and on a busy machine twice a few milliseconds is chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """outcome is the status, or the error's name where there was no answer."""

    request: str
    outcome: str
    asked_at_s: float
    """A moment of time.monotonic()."""
    took_s: float

    def __str__(self) -> str:
        ago = timedelta(seconds=time.monotonic() - self.asked_at_s)
        asked_at = (utc_now() - ago).time().isoformat("seconds")
        return f"{self.request} {self.outcome} {self.took_s:.2f} s after {asked_at}"

    @property
    def is_failure(self) -> bool:
        """Not what a customer's own mistake or rivalry would get: no answer, or 5xx."""
        return not self.outcome.isdigit() or self.is_server_error

    @property
    def is_server_error(self) -> bool:
        return self.outcome.startswith("5")


def p95_s(answers: Sequence[Answer]) -> float:
    """Return the time within which 95 of 100 were answered; 0 of none."""
    took = sorted(each.took_s for each in answers)
    return took[ceil(0.95 * len(took)) - 1] if took else 0.0


def worse(before: Sequence[Answer], while_down: Sequence[Answer]) -> Iterator[str]:
    """Say what customers would have noticed."""
    if not while_down:
        yield "nobody was answered while it was down"
    for each in while_down:
        if each.is_failure:
            yield f"{each} while it was down"
    limit_s = max(UNNOTICED_S, SLOWER_AT_MOST * p95_s(before))
    if p95_s(while_down) > limit_s:
        yield f"p95 {p95_s(while_down):.3f} s while it was down, {p95_s(before):.3f} s before"


def unserved(given: Sequence[Answer]) -> Iterator[str]:
    """Say what is wrong with the answers to what was asked when all was well again."""
    for each in given:
        if each.is_failure:
            yield f"{each}, when all was long well again"
    got = {f"{each.request} {each.outcome}" for each in given}
    yield from (f"nobody got {needed} when all was well again" for needed in SERVED - got)
