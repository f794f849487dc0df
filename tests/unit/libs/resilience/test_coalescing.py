"""Calls that wait at the same moment share one."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from libs.errors import Unavailable
from libs.resilience.coalescing import Coalescing
from tests.support.eventually import eventually

NEVER_S = 60.0

Together = Callable[[Sequence[str]], Sequence[str | None]]


def shared(items: Sequence[str]) -> list[str | None]:
    return [f"{item} of {len(items)}" for item in items]


class Desk:
    """Answers calls of many threads; the item "slow" is under way until it may end."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self.may_end = Event()
        self.begun = Event()
        self.alone: list[str] = []

    def opened(self, together: Together, *, patience_s: float = NEVER_S) -> Coalescing[str, str]:
        return Coalescing(self._answer_alone, together, patience_s=patience_s)

    def calls(self, coalescing: Coalescing[str, str], *items: str) -> list[Future[str]]:
        """Start a slow call and, while it is under way, one for each item."""
        slow = self._threads.submit(coalescing, "slow")
        assert self.begun.wait(NEVER_S)
        others = []
        for item in items:
            others.append(self._threads.submit(coalescing, item))
            eventually(lambda: coalescing.waiting == len(others), every_s=0.001)
        return [slow, *others]

    def _answer_alone(self, item: str) -> str:
        self.alone.append(item)
        if item == "slow":
            self.begun.set()
            assert self.may_end.wait(NEVER_S)
        if item == "bad":
            raise ValueError(item)
        return f"{item} alone"


@pytest.fixture
def desk() -> Iterator[Desk]:
    with ThreadPoolExecutor(8) as threads:
        desk = Desk(threads)
        yield desk
        desk.may_end.set()


def results(calls: Sequence[Future[str]]) -> list[str]:
    return [each.result(NEVER_S) for each in calls]


def test_calls_that_do_not_meet_are_answered_alone(desk: Desk) -> None:
    coalescing = desk.opened(shared)

    assert [coalescing("a"), coalescing("b")] == ["a alone", "b alone"]


def test_calls_that_wait_for_the_one_under_way_share_the_next(desk: Desk) -> None:
    calls = desk.calls(desk.opened(shared), "a", "b", "c")
    desk.may_end.set()

    assert results(calls) == ["slow alone", "a of 3", "b of 3", "c of 3"]


def test_an_item_without_a_shared_result_is_answered_alone(desk: Desk) -> None:
    calls = desk.calls(desk.opened(lambda items: [None, *shared(items)[1:]]), "a", "b")
    desk.may_end.set()

    assert results(calls) == ["slow alone", "a alone", "b of 2"]


def test_every_caller_learns_that_the_dependency_is_unavailable(desk: Desk) -> None:
    def fail(_: Sequence[str]) -> list[str | None]:
        raise Unavailable("down")

    calls = desk.calls(desk.opened(fail), "a", "b")
    desk.may_end.set()

    assert [type(each.exception(NEVER_S)) for each in calls[1:]] == [Unavailable, Unavailable]
    assert desk.alone == ["slow"]


def test_one_bad_item_fails_alone(desk: Desk) -> None:
    def fail(_: Sequence[str]) -> list[str | None]:
        raise ValueError("bad")

    _, good, bad = desk.calls(desk.opened(fail), "good", "bad")
    desk.may_end.set()

    assert good.result(NEVER_S) == "good alone"
    assert type(bad.exception(NEVER_S)) is ValueError


def test_a_failed_call_lets_the_next_one_begin(desk: Desk) -> None:
    coalescing = desk.opened(shared)

    with pytest.raises(ValueError, match="bad"):
        coalescing("bad")

    assert coalescing("a") == "a alone"


def test_a_slow_call_delays_no_other_for_longer_than_its_patience(desk: Desk) -> None:
    coalescing = desk.opened(shared, patience_s=0.001)
    slow = desk.calls(coalescing)

    assert coalescing("a") == "a alone"
    assert coalescing("b") == "b alone"
    assert not slow[0].done()
