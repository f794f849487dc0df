"""Keeps worker processes running: what has ended is started again after a pause."""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from typing import Protocol

import structlog

from libs.health.heartbeat import STALE_AFTER_S
from libs.lifecycle.stopping import HARD_EXIT_AFTER_S
from libs.resilience.backoff import Attempts, Backoff
from libs.resilience.monotonic import MonotonicClock
from libs.settings.base import EXIT_BAD_CONFIGURATION

PAUSE = Backoff(first_s=0.5, longest_s=15.0)
"""Before a worker is started again. A start takes about a second of a core."""

STEADY_AFTER_S = 60.0
"""Seconds that a worker must run before its earlier ends are forgotten."""

ENDS_UNTIL_UNHEALTHY = 3

LOOK_EVERY_S = 5.0

KILL_AFTER_S = HARD_EXIT_AFTER_S + 0.2
"""Seconds from the stop after which a worker is killed that is too frozen to end by itself."""

log = structlog.get_logger(__name__)


class Process(Protocol):
    """What is used of subprocess.Popen."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def kill(self) -> None: ...


class Health(Protocol):
    """What is used of libs.health.heartbeat.Heartbeat."""

    def touch(self) -> None: ...
    def unhealthy(self) -> None: ...


class WorkerMisconfigured(Exception):
    """A worker ended with EXIT_BAD_CONFIGURATION: every other one would do the same."""


class Worker:
    """The place of one worker: a process, or the pause before the next one."""

    def __init__(self, start: Callable[[], Process], now: float) -> None:
        self._start = start
        self._attempts = Attempts(PAUSE)
        self._process: Process | None = None
        self._was_up_at = now

    @property
    def keeps_ending(self) -> bool:
        return self._attempts.failures >= ENDS_UNTIL_UNHEALTHY

    @property
    def next_at(self) -> float | None:
        """When the next process is due; None while one runs."""
        return None if self._process else self._attempts.next_at

    def tend(self, now: float) -> None:
        """Start a process if one is due, notice if it has ended. Raises WorkerMisconfigured."""
        if self._process is None:
            self._begin(now)
        elif (code := self._process.poll()) is not None:
            self._ended(self._process.pid, code, now)
        elif self._attempts.failures and now >= self._attempts.next_at + STEADY_AFTER_S:
            log.info("http_worker_steady", process=self._process.pid)
            self._attempts.succeeded()

    def look_up(self, beating: Collection[int], now: float) -> bool:
        """Note and return whether its process has a heartbeat."""
        if self._process is None or self._process.pid not in beating:
            return False
        self._was_up_at = now
        return True

    def is_missed(self, now: float) -> bool:
        return now - self._was_up_at > STALE_AFTER_S

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        if self._process:
            self._process.kill()

    def _begin(self, now: float) -> None:
        if not self._attempts.is_due(now):
            return
        try:
            self._process = self._start()
        except OSError as error:
            self._failed(now, reason=str(error))

    def _ended(self, pid: int, code: int, now: float) -> None:
        self._process = None
        self._failed(now, process=pid, exit_code=code)
        if code == EXIT_BAD_CONFIGURATION:
            raise WorkerMisconfigured

    def _failed(self, now: float, **facts: object) -> None:
        """Log the first end of an incident, and the one that makes the role unhealthy."""
        self._attempts.failed(now)
        if self._attempts.failures == 1:
            log.warning("http_worker_ended", **facts)
        elif self._attempts.failures == ENDS_UNTIL_UNHEALTHY:
            log.error("http_worker_keeps_ending", ends=ENDS_UNTIL_UNHEALTHY, **facts)


class Workers:
    """All workers. The caller calls tend() when a process ends, and after each pause_s().

    Their main process has a heartbeat too. It is touched while all workers have one, and reports
    a problem while one keeps ending or does not come up: its next process may look healthy.
    """

    def __init__(
        self,
        number: int,
        start: Callable[[int], Process],
        *,
        health: Health,
        beating: Callable[[], Collection[int]],
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._health = health
        self._beating = beating
        self._monotonic = monotonic
        self._workers = [Worker(partial(start, place), monotonic()) for place in range(number)]

    def tend(self) -> None:
        """Start what is due and report health. Raises WorkerMisconfigured."""
        now = self._monotonic()
        for worker in self._workers:
            worker.tend(now)
        with suppress(OSError):  # the folder is lost to the workers' heartbeats, too
            self._report_health(now)

    def pause_s(self) -> float:
        """Return the seconds until the next look."""
        now = self._monotonic()
        due = [worker.next_at - now for worker in self._workers if worker.next_at is not None]
        return max(0.0, min([LOOK_EVERY_S, *due]))

    def have_ended(self) -> bool:
        """Return whether all have ended; asks each one, so that none stays a zombie."""
        left = [worker for worker in self._workers if not worker.has_ended()]
        return not left

    def kill(self) -> None:
        """Kill those that have not ended, then log it: the log may hang."""
        left = [worker for worker in self._workers if not worker.has_ended()]
        for worker in left:
            worker.kill()
        log.warning("shutdown_cut_short", workers=len(left), after_s=KILL_AFTER_S)

    def _report_health(self, now: float) -> None:
        beating = self._beating()
        up = [worker.look_up(beating, now) for worker in self._workers]
        if any(worker.keeps_ending or worker.is_missed(now) for worker in self._workers):
            self._health.unhealthy()
        elif all(up):
            self._health.touch()
