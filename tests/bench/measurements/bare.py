"""The REST API beside a bare route, in turn on the same stack, with the whole downstream."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator

from deploy.local.engines.engine import LOOPBACK
from tests.bench.layers.bare_route import BARE, BareShop, bare_shop
from tests.bench.load.client import Client
from tests.bench.load.drive import Timing, drive
from tests.bench.load.orders import CREATORS, PAYERS, per_piece_ms, wait_until_done, warm_up
from tests.bench.load.pending import MOST_PER_S, store_pending
from tests.bench.load.shop import Shop
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System
from tests.bench.statistics import difference

CALLS = ("create", "pay")

REST = "REST API"


def measure_bare(system: System, scale: Scale) -> Result:
    """Create and pay by both. The events of both go the same way, to the deliveries."""
    warm_up(system, scale.warm_up_orders)
    with bare_shop(system) as bare:
        turns = _Turns(system, bare)
        for _ in range(scale.bare_turns):
            turns.take(scale)
    return Result(
        name="bare",
        title="Create and pay beside a bare route, downstream running",
        unit="call",
        lines=tuple(turns.lines()),
    )


class _Turns:
    def __init__(self, system: System, bare: BareShop) -> None:
        self._system = system
        self._bare = bare
        self._ports = {REST: system.checkout.ports["rest"], BARE: bare.port}
        self._timings: dict[tuple[str, str], Timing] = defaultdict(Timing)
        self._cpu_s: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)

    def take(self, scale: Scale) -> None:
        for server in self._ports:
            self._measure("create", server, scale.call_s)
        for server in self._ports:
            self._measure("pay", server, scale.bare_pay_s)
            wait_until_done(self._system, 0, orders=self._timings["pay", server].done)

    def lines(self) -> Iterator[Line]:
        for call in CALLS:
            rates = {server: self._timings[call, server].figures() for server in self._ports}
            share = rates[REST]["per s"] / rates[BARE]["per s"]
            yield Line(label=f"{call}, of the bare route's rate", figures={"share": share})
            for server in self._ports:
                timing = self._timings[call, server]
                yield Line(
                    label=f"{call}, {server}",
                    figures=rates[server],
                    cpu_ms=per_piece_ms(self._cpu_s[call, server], timing.done),
                )

    def _measure(self, call: str, server: str, for_s: float) -> None:
        orders = [] if call == "create" else store_pending(self._system, int(for_s * MOST_PER_S))
        before = self._used_s()
        timing = asyncio.run(self._call(self._ports[server], orders, for_s))
        for name, seconds in difference(self._used_s(), before).items():
            used = self._cpu_s[call, server]
            used[name] = used.get(name, 0.0) + seconds
        whole = self._timings[call, server]
        whole.latencies_s += timing.latencies_s
        whole.errors += timing.errors
        whole.elapsed_s += timing.elapsed_s

    def _used_s(self) -> dict[str, float]:
        return {**self._system.processes.cpu_s(), BARE: self._bare.cpu_s()}

    async def _call(self, port: int, orders: list[str], for_s: float) -> Timing:
        async with Client(LOOPBACK, port) as client:
            shop = Shop(client, self._system.parts)

            async def pay(number: int) -> bool:
                return await shop.pay(orders[number])

            most = int(for_s * MOST_PER_S)
            work, at_once = (pay, PAYERS) if orders else (shop.create, CREATORS)
            return await drive(work, total=most, at_once=at_once, for_s=for_s)
