"""Several looks at one store, for what a single look cannot tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T", covariant=True)  # a look is only read

STEADY_S = 1.5
"""Seconds for which looks must agree; a busy system changes faster."""


@dataclass(frozen=True, slots=True)
class Look(Generic[T]):
    """What a store answered, and when."""

    at: datetime
    answer: T


Looks = Sequence[Look[T]]
"""The last looks at one store, the newest last."""


def lasted_s(looks: Looks[T], is_so: Callable[[T], bool]) -> float:
    """Return for how many seconds every look found it so; 0 if the newest one did not."""
    since = None
    for look in reversed(looks):
        if not is_so(look.answer):
            break
        since = look.at
    return (looks[-1].at - since).total_seconds() if since else 0.0
