"""The highest rate of payments that the stack keeps up with, until all are assembled and told."""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from threading import Event, Thread

from tests.bench.load.drive import Timing
from tests.bench.load.orders import (
    lateness_figures,
    pay,
    wait_until_done,
    warm_up,
)
from tests.bench.load.pending import store_pending
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System
from tests.bench.statistics import grows, percentile

LATE_P99_S = 1.0
"""The rate is held while 99 of 100 ships are less late than this."""

ANSWERED_AFTER_S = 1.0
"""The last order is answered at most so long after it was due, or the rate is not reached."""

LOOK_EVERY_S = 2.0

FASTER, A_LITTLE_FASTER, SLOWER = 4 / 3, 1.1, 0.8

CHANCES = 2
"""Tries of a rate before it counts as too high: other work on the machine only makes it slower."""

MOST_STEPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    per_s: float
    for_s: float
    timing: Timing
    lateness_s: list[float]
    backlog: list[float]

    @property
    def is_held(self) -> bool:
        return (
            self.timing.errors == 0
            and self.timing.elapsed_s <= self.for_s + ANSWERED_AFTER_S
            and percentile(self.lateness_s, 0.99) < LATE_P99_S
            and not grows(self.backlog, slack=self.per_s)
        )

    def line(self) -> Line:
        return Line(
            label=f"{self.per_s:.0f} a second for {self.for_s:.0f} s",
            figures={
                "held": float(self.is_held),
                **self.timing.figures(),
                **lateness_figures(self.lateness_s),
                "backlog": self.backlog[-1] if self.backlog else 0.0,
            },
        )


def measure_sustained(system: System, scale: Scale) -> Result:
    warm_up(system, scale.warm_up_orders)
    tries = list(_search(system, scale))
    long = [each.per_s for each in tries if each.is_held and each.for_s == scale.sustained_s]
    highest = Line(label="highest", figures={"per s": max(long, default=0.0)})
    return Result(
        name="sustained",
        title=f"Orders paid; the highest rate held for {scale.sustained_s:.0f} s",
        lines=(highest, *(each.line() for each in tries)),
    )


def _search(system: System, scale: Scale) -> Iterator[Try]:
    """Climb in short tries; then look around there for the highest rate that holds for long."""
    per_s = yield from _climb(system, scale.step_s, scale.sustained_from, FASTER)
    per_s, failed = yield from _descend(system, scale.sustained_s, per_s)
    next_one = per_s * A_LITTLE_FASTER
    yield from _climb(system, scale.sustained_s, next_one, A_LITTLE_FASTER, below=failed)


def _climb(
    system: System, for_s: float, per_s: float, faster: float, *, below: float = math.inf
) -> Generator[Try, None, float]:
    """Go up until a rate does not hold; return the rate before it."""
    for _ in range(MOST_STEPS):
        if per_s >= below or not (yield from _holds(system, per_s, for_s)):
            break
        per_s *= faster
    return per_s / faster


def _descend(
    system: System, for_s: float, per_s: float
) -> Generator[Try, None, tuple[float, float]]:
    """Go down until a rate holds; return it, and the lowest that did not."""
    failed = math.inf
    for _ in range(MOST_STEPS):
        if (yield from _holds(system, per_s, for_s)):
            break
        failed, per_s = per_s, per_s * SLOWER
    return per_s, failed


def _holds(system: System, per_s: float, for_s: float) -> Generator[Try, None, bool]:
    for _ in range(CHANCES):
        tried = _try(system, per_s, for_s)
        yield tried
        if tried.is_held:
            return True
    return False


def _try(system: System, per_s: float, for_s: float) -> Try:
    orders = store_pending(system, int(per_s * for_s))
    told, since_s = system.deliveries.count(), system.orders.now_s()
    backlog: list[float] = []
    stop = Event()
    watcher = Thread(target=_watch, args=(system, backlog, stop))
    watcher.start()
    try:
        timing = pay(system, orders, per_s=per_s)
    finally:
        stop.set()
        watcher.join()
    wait_until_done(system, told + 2 * (timing.done - timing.errors), orders=timing.done)
    lateness_s = system.orders.lateness(paid_since_s=since_s)
    return Try(per_s=per_s, for_s=for_s, timing=timing, lateness_s=lateness_s, backlog=backlog)


def _watch(system: System, backlog: list[float], stop: Event) -> None:
    """Look every two seconds how much is on its way and how many ships are overdue."""
    while not stop.wait(LOOK_EVERY_S):
        on_their_way = system.orders.events() - system.deliveries.count()
        backlog.append(float(on_their_way + system.orders.overdue()))
