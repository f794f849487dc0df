from threading import Barrier
from uuid import uuid4

import pytest
import structlog

from libs.parallel import in_parallel


def test_work_is_done_in_parallel_and_every_result_is_returned() -> None:
    all_there = Barrier(3)

    assert sorted(in_parallel(lambda: all_there.wait(timeout=10), times=3)) == [0, 1, 2]


def test_an_error_is_raised_after_all_have_ended() -> None:
    ended = []

    def fail_once() -> None:
        ended.append(uuid4())
        if len(ended) == 1:
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        in_parallel(fail_once, times=2)

    assert len(ended) == 2


def test_the_bound_log_context_is_bound_in_every_thread() -> None:
    with structlog.contextvars.bound_contextvars(task="orders.reconcile"):
        contexts = in_parallel(structlog.contextvars.get_contextvars, times=2)

    assert [each["task"] for each in contexts] == ["orders.reconcile"] * 2
