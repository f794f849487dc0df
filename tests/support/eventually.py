"""Waiting in tests: polls until a deadline, never sleeps a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_S = 0.05


def eventually(
    look: Callable[[], T], *, within_s: float = 10.0, every_s: float = LOOK_EVERY_S
) -> T:
    """Return look()'s first truthy answer.

    Polls again after an AssertionError of look. Raises AssertionError after within_s seconds,
    from the last one.
    """
    deadline = time.monotonic() + within_s
    last: AssertionError | None = None
    while True:
        try:
            if answer := look():
                return answer
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s} s: {look}") from last
        time.sleep(every_s)
