"""Looks at a store again and again, and knows since when it does not answer."""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import Generic, TypeVar

from deploy.shipyard.problems.looks import Look, Looks
from libs.clock import Clock, utc_now
from libs.errors import AppError

T = TypeVar("T")

SILENCE_S = 2.5
"""Seconds without an answer after which a store counts as away; a look may hang for longer."""

KEPT = 60
"""Looks that are remembered."""


class Watch(Generic[T]):
    """The last answers of one store. start() looks in a thread of its own, once a second."""

    def __init__(
        self,
        name: str,
        look: Callable[[], T],
        *,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.looks: Looks[T] = ()
        self._look = look
        self._clock = clock
        self._monotonic = monotonic
        self._answered_at = clock()
        self._answered_s = monotonic()
        self._reason = ""

    def start(self, stop: Event, *, every_s: float) -> None:
        Thread(target=self._run, args=(stop, every_s), name=self.name, daemon=True).start()

    def look(self) -> None:
        """Look once; an expected failure is kept as the reason."""
        try:
            answer = self._look()
        except AppError as error:
            self._reason = (str(error).splitlines() or ["it fails"])[0]
            return
        self._reason = ""
        self._answered_at, self._answered_s = self._clock(), self._monotonic()
        self.looks = (*self.looks[1 - KEPT :], Look(self._answered_at, answer))

    @property
    def answer(self) -> T | None:
        """The last answer; None before the first one."""
        return self.looks[-1].answer if self.looks else None

    @property
    def recent(self) -> Looks[T]:
        """The last answers; none while the store does not answer, for they are out of date."""
        return () if self.away else self.looks

    @property
    def away(self) -> str | None:
        """Say since when the store does not answer, and why; None if it does."""
        if not self._reason and self._monotonic() - self._answered_s < SILENCE_S:
            return None
        reason = self._reason or "no answer"
        before = "" if self.looks else "before "
        return f"{self.name} does not answer since {before}{_time(self._answered_at)}: {reason}"

    def _run(self, stop: Event, every_s: float) -> None:
        while not stop.is_set():
            self.look()
            stop.wait(every_s)


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}"
