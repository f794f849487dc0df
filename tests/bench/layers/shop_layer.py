"""The bare route, and one UPDATE that marks a batch of orders."""

import asyncio
import time

from deploy.local.engines.engine import LOOPBACK
from tests.bench.layers.bare_route import BARE, bare_shop
from tests.bench.load.client import Client
from tests.bench.load.drive import Timing, drive
from tests.bench.load.orders import PAYERS, per_piece_ms
from tests.bench.load.past import paid_orders, store_orders
from tests.bench.load.pending import store_pending
from tests.bench.load.shop import Shop
from tests.bench.results import Line
from tests.bench.stack.system import DOWNSTREAM, System
from tests.bench.statistics import difference

ENGINES = ("postgres", "payment-grpc")
"""The processes that the route uses."""

UNCOUNTED = 100

ASSEMBLE = """
    UPDATE orders SET status = 'ASSEMBLED', assembled_at = now(), updated_at = now(),
        build_time_s = 5
    WHERE order_uuid = ANY(%s::uuid[]) AND status = 'PAID'
"""

FORGET_EVENTS = "UPDATE outbox SET published_at = now() WHERE published_at IS NULL"


def bare_route_and_update(system: System, calls: int, marked: int) -> list[Line]:
    """Pay orders by the bare route, then mark them and others in one UPDATE, without downstream."""
    orders = store_pending(system, calls + UNCOUNTED)
    others = paid_orders(marked, ago_s=0)
    system.stop(DOWNSTREAM)
    try:
        paid = _pay(system, orders)
        store_orders(system.orders.connection, others)
        updated = _update(system, [*orders, *(str(each.order_uuid) for each in others)])
        with system.orders.connection.cursor() as cursor:
            cursor.execute(FORGET_EVENTS)
    finally:
        system.start(DOWNSTREAM)
    return [paid, updated]


def _pay(system: System, orders: list[str]) -> Line:
    with bare_shop(system) as bare:
        asyncio.run(_call(bare.port, orders[:UNCOUNTED]))
        counted = orders[UNCOUNTED:]
        own, before = bare.cpu_s(), system.processes.cpu_s()
        timing = asyncio.run(_call(bare.port, counted))
        own = bare.cpu_s() - own
        used = difference(system.processes.cpu_s(), before)
    shown = {BARE: own, **{name: used.get(name, 0.0) for name in ENGINES}}
    return Line(
        label="bare route: pay",
        figures=timing.figures(),
        cpu_ms=per_piece_ms(shown, len(counted)),
    )


async def _call(port: int, orders: list[str]) -> Timing:
    async with Client(LOOPBACK, port) as client:
        shop = Shop(client, ())

        async def pay(number: int) -> bool:
            return await shop.pay(orders[number])

        return await drive(pay, total=len(orders), at_once=PAYERS)


def _update(system: System, orders: list[str]) -> Line:
    before, begun = system.processes.cpu_s(), time.monotonic()
    with system.orders.connection.cursor() as cursor:
        cursor.execute(ASSEMBLE, (orders,))
        marked = cursor.rowcount
    seconds = time.monotonic() - begun
    used = difference(system.processes.cpu_s(), before)
    return Line(
        label="one UPDATE of all",
        figures={"per s": marked / seconds, "errors": float(len(orders) - marked)},
        cpu_ms=per_piece_ms({"postgres": used["postgres"]}, len(orders)),
    )
