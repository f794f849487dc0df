"""The REST calls: rate, latency and CPU of each, at several numbers of callers."""

import asyncio
from collections.abc import Iterator, Sequence

from tests.bench.load.drive import Timing, Work, drive
from tests.bench.load.orders import per_piece_ms, shop_client, wait_until_done, warm_up
from tests.bench.load.shop import Shop
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import DOWNSTREAM, System
from tests.bench.statistics import difference

UNCOUNTED_CALLS = 4
"""Calls of each caller that open its connection and are not measured."""

MOST_CALLS = 100_000

PAY, PAY_ALONE = "pay", "pay, no downstream"


def measure_rest(system: System, scale: Scale) -> Result:
    warm_up(system, scale.warm_up_orders)
    return Result(
        name="rest",
        title=f"REST calls, {scale.call_s:.0f} s each",
        unit="call",
        lines=tuple(_Calls(system, scale).lines()),
    )


class _Calls:
    def __init__(self, system: System, scale: Scale) -> None:
        self._system = system
        self._scale = scale
        self._client = shop_client(system)
        self._shop = Shop(self._client, system.parts)

    def lines(self) -> Iterator[Line]:
        for callers in self._scale.callers:
            yield self._line("create", callers, self._shop.create)
        orders = list(self._shop.created)
        for callers in self._scale.callers:
            yield self._line("get", callers, self._get(orders))
        for callers in self._scale.callers:
            yield self._line("list", callers, self._shop.list_newest)
        share = len(orders) // (2 * len(self._scale.callers))
        for callers in self._scale.callers:
            yield self._line(PAY, callers, self._pay(orders), most=share)
            wait_until_done(self._system, 0, orders=share)
        yield from self._without_downstream(orders, share)

    def _without_downstream(self, orders: list[str], share: int) -> Iterator[Line]:
        self._system.stop(DOWNSTREAM)
        try:
            for callers in self._scale.callers:
                yield self._line(PAY_ALONE, callers, self._pay(orders), most=share)
        finally:
            self._system.start(DOWNSTREAM)
        wait_until_done(self._system, 0, orders=share * len(self._scale.callers))

    def _line(self, name: str, callers: int, work: Work, *, most: int = MOST_CALLS) -> Line:
        timing, cpu_ms = asyncio.run(self._measured(work, callers, most))
        return Line(label=f"{name}, {callers} at once", figures=timing.figures(), cpu_ms=cpu_ms)

    async def _measured(
        self, work: Work, callers: int, most: int
    ) -> tuple[Timing, dict[str, float]]:
        """Do the work for the time of a line; return how long it took, and its CPU a call."""
        async with self._client:
            uncounted = min(UNCOUNTED_CALLS * callers, most // 4)
            await drive(work, total=uncounted, at_once=callers)
            before = self._system.processes.cpu_s()
            timing = await drive(
                work, total=most - uncounted, at_once=callers, for_s=self._scale.call_s
            )
            used = difference(self._system.processes.cpu_s(), before)
        return timing, per_piece_ms(used, timing.done)

    def _get(self, orders: Sequence[str]) -> Work:
        async def get(number: int) -> bool:
            return await self._shop.get(orders[number % len(orders)])

        return get

    def _pay(self, orders: list[str]) -> Work:
        """Pay each order once; the next line goes on with the rest."""

        async def pay(_: int) -> bool:
            return await self._shop.pay(orders.pop())

        return pay
