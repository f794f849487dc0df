"""The highest rate of orders that the stack keeps up with, until they are assembled and told."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event, Thread

from tests.bench.load.drive import Timing, Work, drive
from tests.bench.load.orders import (
    PAYERS_AT_A_RATE,
    lateness_figures,
    shop_client,
    wait_until_done,
    warm_up,
)
from tests.bench.load.pending import store_pending
from tests.bench.load.shop import Shop
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System
from tests.bench.statistics import grows, percentile

LATE_P99_S = 1.0
"""The rate is held while 99 of 100 ships are less late than this."""

ANSWERED_AFTER_S = 1.0
"""The last order is answered at most so long after it was due, or the rate is not reached."""

LOOK_EVERY_S = 2.0

FASTER, SLOWER = 1.4, 0.75

MOST_STEPS, MOST_TRIES = 8, 5

Load = Callable[[Shop, list[str]], Work]
"""What is done with the n-th of some orders that wait for their payment."""


def paid(shop: Shop, orders: list[str]) -> Work:
    async def pay(number: int) -> bool:
        return await shop.pay(orders[number])

    return pay


def created_and_paid(shop: Shop, _: list[str]) -> Work:
    return shop.create_and_pay


LOADS = {"paid": paid, "created and paid": created_and_paid}


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

    def line(self, name: str) -> Line:
        return Line(
            label=f"{name}: {self.per_s:.0f} a second for {self.for_s:.0f} s",
            figures={
                "held": float(self.is_held),
                **self.timing.figures(),
                **lateness_figures(self.lateness_s),
                "backlog": self.backlog[-1] if self.backlog else 0.0,
            },
        )


def measure_sustained(system: System, scale: Scale) -> Result:
    warm_up(system, scale.warm_up_orders)
    tries = {name: list(_search(system, scale, load)) for name, load in LOADS.items()}
    return Result(
        name="sustained",
        title=f"The highest rate of orders held for {scale.sustained_s:.0f} s",
        lines=(
            *(_highest(name, each, scale) for name, each in tries.items()),
            *(tried.line(name) for name, each in tries.items() for tried in each),
        ),
    )


def _highest(name: str, tries: list[Try], scale: Scale) -> Line:
    long = [each.per_s for each in tries if each.is_held and each.for_s == scale.sustained_s]
    return Line(label=f"{name}: highest", figures={"per s": max(long, default=0.0)})


def _search(system: System, scale: Scale, load: Load) -> Iterator[Try]:
    """Go up in short tries until one fails, then down in long ones until one is held."""
    per_s = scale.sustained_from
    for _ in range(MOST_STEPS):
        tried = _try(system, load, per_s, scale.step_s)
        yield tried
        if not tried.is_held:
            break
        per_s *= FASTER
    per_s /= FASTER
    for _ in range(MOST_TRIES):
        tried = _try(system, load, per_s, scale.sustained_s)
        yield tried
        if tried.is_held:
            break
        per_s *= SLOWER


def _try(system: System, load: Load, per_s: float, for_s: float) -> Try:
    orders = store_pending(system, int(per_s * for_s)) if load is paid else []
    told, since_s = system.deliveries.count(), system.orders.now_s()
    backlog: list[float] = []
    stop = Event()
    watcher = Thread(target=_watch, args=(system, backlog, stop))
    watcher.start()
    try:
        timing = asyncio.run(_drive(system, load, orders, per_s, for_s))
    finally:
        stop.set()
        watcher.join()
    wait_until_done(system, told + 2 * (timing.done - timing.errors), orders=timing.done)
    lateness_s = system.orders.lateness(paid_since_s=since_s)
    return Try(per_s=per_s, for_s=for_s, timing=timing, lateness_s=lateness_s, backlog=backlog)


async def _drive(
    system: System, load: Load, orders: list[str], per_s: float, for_s: float
) -> Timing:
    async with shop_client(system) as client:
        work, total = load(Shop(client, system.parts), orders), int(per_s * for_s)
        return await drive(work, total=total, at_once=PAYERS_AT_A_RATE, per_s=per_s)


def _watch(system: System, backlog: list[float], stop: Event) -> None:
    """Look every two seconds how much is on its way and how many ships are overdue."""
    while not stop.wait(LOOK_EVERY_S):
        on_their_way = system.orders.events() - system.deliveries.count()
        backlog.append(float(on_their_way + system.orders.overdue()))
