"""Calls that wait at the same moment share one, as in a data loader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

import structlog

from libs.errors import Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

PATIENCE_S = 0.05
"""Seconds that a call waits for the one before it: a slow call delays no other for longer."""

log = structlog.get_logger(__name__)


def _held() -> Lock:
    """Return a lock that a call waits for: its release costs a quarter of an event's."""
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(eq=False, slots=True)
class _Call(Generic[Item, Result]):
    item: Item
    waits: Lock = field(default_factory=_held)
    """Released when this call has its result, or is to lead."""
    led: "list[_Call[Item, Result]]" = field(default_factory=list)
    """The batch that the thread of this call answers."""
    result: Result | None = None
    error: Unavailable | None = None


class Coalescing(Generic[Item, Result]):
    """Answers each call by alone, or several that wait by together, in the thread of one of them.

    The first call after a pause goes at once; what arrives while it is under way is the next
    batch. together returns a result for each item, in order. Where it returns None, and where it
    fails for another reason than Unavailable, the caller's own thread calls alone. So a result is
    never None. Thread-safe.
    """

    def __init__(
        self,
        alone: Callable[[Item], Result],
        together: Callable[[Sequence[Item]], Sequence[Result | None]],
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._alone = alone
        self._together = together
        self._patience_s = patience_s
        self._lock = Lock()
        self._under_way = 0
        self._waiting: list[_Call[Item, Result]] = []

    @property
    def waiting(self) -> int:
        """The number of calls that wait for the one under way."""
        return len(self._waiting)

    def __call__(self, item: Item) -> Result:
        """Return the item's result. Raises what alone raises, and Unavailable of together."""
        call: _Call[Item, Result] = _Call(item)
        self._join(call)
        if call.led:
            self._lead(call)
        if call.error is not None:
            raise call.error
        return self._alone(item) if call.result is None else call.result

    def _join(self, call: _Call[Item, Result]) -> None:
        """Return when the call is to lead or has been answered."""
        with self._lock:
            if not self._under_way:
                self._under_way += 1
                call.led = [call]
                return
            self._waiting.append(call)
        if call.waits.acquire(timeout=self._patience_s):
            return
        with self._lock:
            if call in self._waiting:
                self._under_way += 1
                call.led, self._waiting = self._waiting, []
                return
        call.waits.acquire()

    def _lead(self, leader: _Call[Item, Result]) -> None:
        batch = leader.led
        try:
            if len(batch) == 1:
                batch[0].result = self._alone(batch[0].item)
            else:
                self._share(batch)
        finally:
            self._pass_on()
            for each in batch:
                if each is not leader:
                    each.waits.release()

    def _share(self, batch: list[_Call[Item, Result]]) -> None:
        try:
            results = self._together([each.item for each in batch])
        except Unavailable as error:
            for each in batch:
                each.error = error
        except Exception:
            log.exception("shared_call_failed", calls=len(batch))
        else:
            for each, result in zip(batch, results, strict=True):
                each.result = result

    def _pass_on(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
            if not batch:
                self._under_way -= 1
                return
            batch[0].led = batch
        batch[0].waits.release()
