"""Runs the same work in several threads at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def in_parallel(work: Callable[[], T], *, times: int) -> list[T]:
    """Run work that many times at once, with this thread's log context; return the results.

    Raises the error of one of them after all have ended.
    """
    with ThreadPoolExecutor(times) as pool:
        running = [pool.submit(copy_context().run, work) for _ in range(times)]
    return [each.result() for each in running]
