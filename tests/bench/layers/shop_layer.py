"""The bare route, and one UPDATE that marks a batch of orders."""

import asyncio
import time
from uuid import UUID

from psycopg2.extras import execute_values

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port, release_port
from tests.bench.beside import cpu_s, process, wait_until_listening
from tests.bench.load.client import Client
from tests.bench.load.drive import Timing, drive
from tests.bench.load.orders import PAYERS, per_piece_ms
from tests.bench.load.past import PaidOrder, paid_orders, store_orders
from tests.bench.load.shop import Shop
from tests.bench.results import Line
from tests.bench.stack.system import System
from tests.bench.statistics import difference

SERVER = "bare route"

ENGINES = ("postgres", "payment-grpc")
"""The processes that the route uses."""

UNCOUNTED = 100

INSERT_PENDING = """
    INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, created_at,
        updated_at)
    VALUES %s
"""
PENDING = "(%s::uuid, %s::uuid, ARRAY[gen_random_uuid()], 1, 'PENDING_PAYMENT', now(), now())"

ASSEMBLE = """
    UPDATE orders SET status = 'ASSEMBLED', assembled_at = now(), updated_at = now(),
        build_time_s = 5
    WHERE order_uuid = ANY(%s::uuid[]) AND status = 'PAID'
"""


def bare_route_and_update(system: System, calls: int, marked: int) -> list[Line]:
    """Pay orders by the bare route, then mark them and others in one UPDATE."""
    orders = paid_orders(calls + UNCOUNTED, ago_s=0)
    with system.orders.connection.cursor() as cursor:
        rows = [(str(each.order_uuid), str(each.user_uuid)) for each in orders]
        execute_values(cursor, INSERT_PENDING, rows, template=PENDING)
    paid = _pay(system, orders)
    others = paid_orders(marked, ago_s=0)
    store_orders(system.orders.connection, others)
    return [paid, _update(system, [each.order_uuid for each in (*orders, *others)])]


def _pay(system: System, orders: list[PaidOrder]) -> Line:
    port = free_port()
    environment = {
        "BENCH_POSTGRES_PORT": str(system.postgres),
        "BENCH_POSTGRES_PASSWORD": system.passwords["order"],
        "BENCH_PAYMENT_PORT": str(system.checkout.ports["payment"]),
    }
    arguments = ["-m", "tests.bench.layers.bare_shop", str(port)]
    try:
        with process(arguments, environment) as server:
            wait_until_listening(server)
            asyncio.run(_call(port, orders[:UNCOUNTED]))
            counted = orders[UNCOUNTED:]
            own, before = cpu_s(server), system.processes.cpu_s()
            timing = asyncio.run(_call(port, counted))
            own = cpu_s(server) - own
            used = difference(system.processes.cpu_s(), before)
    finally:
        release_port(port)
    shown = {SERVER: own, **{name: used.get(name, 0.0) for name in ENGINES}}
    return Line(
        label="bare route: pay",
        figures=timing.figures(),
        cpu_ms=per_piece_ms(shown, len(counted)),
    )


async def _call(port: int, orders: list[PaidOrder]) -> Timing:
    async with Client(LOOPBACK, port) as client:
        shop = Shop(client, ())

        async def pay(number: int) -> bool:
            return await shop.pay(str(orders[number].order_uuid))

        return await drive(pay, total=len(orders), at_once=PAYERS)


def _update(system: System, orders: list[UUID]) -> Line:
    before, begun = system.processes.cpu_s(), time.monotonic()
    with system.orders.connection.cursor() as cursor:
        cursor.execute(ASSEMBLE, ([str(each) for each in orders],))
        marked = cursor.rowcount
    seconds = time.monotonic() - begun
    used = difference(system.processes.cpu_s(), before)
    return Line(
        label="one UPDATE of all",
        figures={"per s": marked / seconds, "errors": float(len(orders) - marked)},
        cpu_ms=per_piece_ms({"postgres": used["postgres"]}, len(orders)),
    )
