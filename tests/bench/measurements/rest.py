"""The REST calls: rate, latency and CPU of each, at several numbers of callers."""

import asyncio
from collections.abc import Iterator, Sequence

import psutil

from tests.bench.beside import wait_until_listening
from tests.bench.load.drive import Timing, Work, drive
from tests.bench.load.orders import PAYERS, per_piece_ms, shop_client, wait_until_done, warm_up
from tests.bench.load.pending import MOST_PER_S, store_pending
from tests.bench.load.shop import Shop
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.copies import Copies
from tests.bench.stack.system import DOWNSTREAM, System
from tests.bench.statistics import difference

UNCOUNTED_CALLS = 4
"""Calls of each caller that open its connection and are not measured."""

MOST_CALLS = 100_000

HTTP = "order-http"

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
        for callers in self._scale.callers:
            yield self._paid(PAY, callers)
            self._wait_until_done()
        yield from self._without_downstream()
        for number in self._scale.http_workers:
            yield from self._with_workers(number, orders)

    def _without_downstream(self) -> Iterator[Line]:
        self._system.stop(DOWNSTREAM)
        try:
            for callers in self._scale.callers:
                yield self._paid(PAY_ALONE, callers)
        finally:
            self._system.start(DOWNSTREAM)
        self._wait_until_done()

    def _with_workers(self, number: int, orders: list[str]) -> Iterator[Line]:
        """Answer on the same port with so many processes."""
        copies = Copies(self._system, [HTTP])
        self._system.stop([HTTP])
        try:
            with copies.running([HTTP], 1, HTTP_WORKERS=str(number)) as (main_process,):
                wait_until_listening(psutil.Process(main_process.pid))
                yield self._line(f"get, HTTP_WORKERS={number}", PAYERS, self._get(orders))
                yield self._paid(f"pay, HTTP_WORKERS={number}", PAYERS)
        finally:
            self._system.start([HTTP])
        self._wait_until_done()

    def _paid(self, name: str, callers: int) -> Line:
        """Pay orders that are there already, each once."""
        orders = store_pending(self._system, self._most_paid())

        async def pay(_: int) -> bool:
            return await self._shop.pay(orders.pop())

        return self._line(name, callers, pay, most=len(orders))

    def _most_paid(self) -> int:
        return int(self._scale.call_s * MOST_PER_S)

    def _wait_until_done(self) -> None:
        wait_until_done(self._system, 0, orders=len(self._scale.callers) * self._most_paid())

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
