"""The highest rate of payments that the stack keeps up with, until all are assembled and told."""

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

FASTER, A_LITTLE_FASTER, SLOWER = 4 / 3, 1.1, 0.9

MOST_STEPS, MOST_TRIES = 8, 6


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
    """Go up in short tries until one fails, twice, then down in long ones until one is held."""
    per_s = yield from _climb(system, scale, scale.sustained_from, FASTER)
    per_s = yield from _climb(system, scale, per_s * A_LITTLE_FASTER, A_LITTLE_FASTER)
    for _ in range(MOST_TRIES):
        tried = _try(system, per_s, scale.sustained_s)
        yield tried
        if tried.is_held:
            break
        per_s *= SLOWER


def _climb(
    system: System, scale: Scale, per_s: float, faster: float
) -> Generator[Try, None, float]:
    """Go up in short tries until one fails; return the rate before it."""
    for _ in range(MOST_STEPS):
        tried = _try(system, per_s, scale.step_s)
        yield tried
        if not tried.is_held:
            break
        per_s *= faster
    return per_s / faster


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
