"""What changes with the size of the tables, with more copies, and after Redis forgot everything."""

import asyncio
import time
from collections.abc import Iterator

import redis

from tests.bench.load.drive import Timing, drive
from tests.bench.load.history import History
from tests.bench.load.orders import follow, place, shop_client, wait_until_done, warm_up
from tests.bench.load.past import paid_orders, store_orders, store_published
from tests.bench.load.shop import Shop
from tests.bench.measurements.drain import drain
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.copies import Copies
from tests.bench.stack.system import DOWNSTREAM, System

COPIED = tuple(name for name in DOWNSTREAM if name.endswith(("-consumer", "-worker")))

LISTS = 200

OVERDUE_S = 40.0
"""Above the 30 s after which a ship is asked for again."""


def measure_growth(system: System, scale: Scale) -> Result:
    warm_up(system, scale.warm_up_orders)
    return Result(
        name="growth",
        title="Growth: rows in the tables, copies of consumers and workers, forgotten ships",
        unit="order",
        lines=(*_copies(system, scale), _recovery(system, scale.forgotten), *_sizes(system, scale)),
    )


def _sizes(system: System, scale: Scale) -> Iterator[Line]:
    history = History(system)
    for rows in scale.grown_to:
        history.grow(rows)
        listed = asyncio.run(_list(system)).figures()
        followed = follow(system, place(system, scale.grown_paid))
        pay = {f"pay {name}": value for name, value in followed.timing.figures().items()}
        yield Line(
            label=f"{rows} orders in the tables",
            figures={"list p50 ms": listed["p50 ms"], **pay, **followed.late()},
            cpu_ms=followed.cpu_ms,
        )


async def _list(system: System) -> Timing:
    async with shop_client(system) as client:
        return await drive(Shop(client, ()).list_newest, total=LISTS, at_once=1)


def _copies(system: System, scale: Scale) -> Iterator[Line]:
    """Drain the same number of events with more and more copies on the same processors."""
    copies = Copies(system, COPIED)
    for number in scale.copies:
        label = f"{number} of each, {scale.drained_by_copies} events"
        beside = copies.running(COPIED, number - 1)
        yield drain(system, scale.drained_by_copies, label, beside=beside)


def _recovery(system: System, ships: int) -> Line:
    """Forget ships: their events were published long ago, and Redis is empty."""
    orders = paid_orders(ships, ago_s=OVERDUE_S)
    with redis.Redis.from_url(system.redis_url()) as store:
        store.flushall()
    begun_s = time.time()
    store_orders(system.orders.connection, orders)
    store_published(system.orders.connection, orders)
    wait_until_done(system, 0, orders=ships)
    last_s = system.orders.last_assembled_s()
    return Line(
        label=f"{ships} forgotten ships",
        figures={"assembled s": last_s - begun_s, "per s": ships / (last_s - begun_s)},
    )
