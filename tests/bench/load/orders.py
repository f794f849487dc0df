"""Orders on their whole way: paid, built, marked, and told to the chat's table."""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

from deploy.local.engines.engine import LOOPBACK
from tests.bench.errors import NotMeasured
from tests.bench.load.client import Client
from tests.bench.load.drive import Timing, drive
from tests.bench.load.shop import Shop
from tests.bench.stack.stores import LONGEST_BUILD_S
from tests.bench.stack.system import System
from tests.bench.statistics import difference, percentile
from tests.bench.waiting import wait_until

CREATORS = 12
"""As many as the REST API creates at once."""

PAYERS = 16
"""As many as the REST API pays at once."""

PAYERS_AT_A_RATE = 64
"""Enough to hold a rate while some answers are slow."""

EVENTS_OF_AN_ORDER = 2

SLOWEST_PER_S = 15.0
"""Far below what any version does."""

WARM_UP = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    timing: Timing
    lateness_s: Sequence[float]
    assembled_after_s: float
    """Seconds from the first payment to the last ASSEMBLED."""
    cpu_ms: Mapping[str, float]
    """Per order by process, until every order is ASSEMBLED and every delivery is stored."""
    took_s: float
    generator_cpu_ms: float

    def late(self) -> dict[str, float]:
        return lateness_figures(self.lateness_s)


def lateness_figures(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "late p50 s": percentile(seconds, 0.50),
        "late p99 s": percentile(seconds, 0.99),
        "late max s": max(seconds, default=math.nan),
    }


def shop_client(system: System) -> Client:
    return Client(LOOPBACK, system.checkout.ports["rest"])


def place(system: System, count: int) -> list[str]:
    """Create orders; return their ids. Raises NotMeasured if one is refused."""

    async def create() -> list[str]:
        async with shop_client(system) as client:
            shop = Shop(client, system.parts)
            await drive(shop.create, total=count, at_once=CREATORS, for_s=longest_s(count))
        if len(shop.created) < count:
            raise NotMeasured(f"{len(shop.created)} of {count} orders were created")
        return shop.created

    return asyncio.run(create())


def pay(system: System, orders: Sequence[str], *, per_s: float = 0.0) -> Timing:
    """Pay the orders, as fast as they are answered or at a rate."""

    async def pay_all() -> Timing:
        async with shop_client(system) as client:
            shop = Shop(client, ())

            async def pay_one(number: int) -> bool:
                return await shop.pay(orders[number])

            at_once = PAYERS_AT_A_RATE if per_s else PAYERS
            return await drive(
                pay_one,
                total=len(orders),
                at_once=at_once,
                per_s=per_s,
                for_s=longest_s(len(orders)) + (len(orders) / per_s if per_s else 0.0),
            )

    return asyncio.run(pay_all())


def follow(system: System, orders: Sequence[str], *, per_s: float = 0.0) -> Followed:
    """Pay the orders and wait until all are assembled and told. Raises NotMeasured."""
    told, since_s = system.deliveries.count(), system.orders.now_s()
    own, before = psutil.Process().cpu_times(), system.processes.cpu_s()
    begun = time.monotonic()
    timing = pay(system, orders, per_s=per_s)
    own_s = psutil.Process().cpu_times().user - own.user
    expected = told + EVENTS_OF_AN_ORDER * (timing.done - timing.errors)
    wait_until_done(system, expected, orders=len(orders))
    used, took_s = difference(system.processes.cpu_s(), before), time.monotonic() - begun
    return Followed(
        timing=timing,
        lateness_s=system.orders.lateness(paid_since_s=since_s),
        assembled_after_s=system.orders.last_assembled_s() - since_s,
        cpu_ms=per_piece_ms(used, len(orders)),
        took_s=took_s,
        generator_cpu_ms=own_s / len(orders) * 1e3,
    )


def wait_until_done(system: System, deliveries: int, *, orders: int) -> float:
    """Wait until no order waits for its ship and the deliveries are there; return the time."""
    within_s = longest_s(orders)
    wait_until(lambda: system.orders.unassembled() == 0, "the last ASSEMBLED", within_s=within_s)
    wait_until(
        lambda: system.deliveries.count() >= deliveries, "the last delivery", within_s=within_s
    )
    return time.time()


def warm_up(system: System, orders: int = WARM_UP) -> None:
    """Make the processes ready, once: the first requests connect, import and compile."""
    if not system.is_warm:
        follow(system, place(system, orders))
        system.is_warm = True


def longest_s(orders: int) -> float:
    """Return the time after which so many orders are given up."""
    return 3 * LONGEST_BUILD_S + orders / SLOWEST_PER_S


def per_piece_ms(used_s: Mapping[str, float], pieces: int) -> dict[str, float]:
    return {name: value / pieces * 1e3 for name, value in used_s.items() if value > 0}
