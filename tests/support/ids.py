"""Ids that a test can predict."""

from collections.abc import Callable
from itertools import count
from uuid import UUID


def counted_ids() -> Callable[[], UUID]:
    numbers = count(1)
    return lambda: UUID(int=next(numbers))
