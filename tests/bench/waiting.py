"""Waits for the stack, never without a deadline."""

from collections.abc import Callable

from tests.bench.errors import NotMeasured
from tests.support.eventually import eventually

LOOK_EVERY_S = 0.2


def wait_until(
    look: Callable[[], bool], what: str, *, within_s: float, every_s: float = LOOK_EVERY_S
) -> None:
    """Return when look() is true. Raises NotMeasured after within_s seconds."""
    try:
        eventually(look, within_s=within_s, every_s=every_s)
    except AssertionError as error:
        raise NotMeasured(f"{what}: not within {within_s:.0f} s") from error
