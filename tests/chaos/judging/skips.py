"""Finds records that a group skipped, which the redrive would hide after half a minute."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from libs.contracts.events.declared import ORDER_PAID, SHIP_ASSEMBLED
from libs.contracts.events.v1.events_pb2 import OrderPaid, ShipAssembled
from tests.chaos.judging.stores.database import rows_of
from tests.chaos.scenario import RunningSystem
from tests.support.servers.broker import records_of

OVERTAKES_BY_S = 5.0
"""Difference between parallel tasks; a skipped order waits longer, for the redrive."""

ORDERS = """
    SELECT order_uuid::text, extract(epoch FROM paid_at + make_interval(secs => build_time_s)),
        extract(epoch FROM assembled_at)
    FROM orders WHERE status = 'ASSEMBLED'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """The first record of an order, when its work was due, and when it was done."""

    order: str
    partition: int
    offset: int
    due_s: float
    done_s: float


def skipped(system: RunningSystem) -> Iterator[str]:
    """Return the orders of which the assembly's or the order service's group skipped a record."""
    first_paid = _firsts(system, ORDER_PAID.topic, OrderPaid)
    first_ship = _firsts(system, SHIP_ASSEMBLED.topic, ShipAssembled)
    rows = rows_of(system, "order", ORDERS)
    orders = {order: (float(due), float(done)) for order, due, done in rows}
    ships_s = {order: ship_s for order, (_, _, ship_s) in first_ship.items() if order in orders}
    built = [
        Handled(order=order, partition=p, offset=n, due_s=orders[order][0], done_s=ships_s[order])
        for order, (p, n, _) in first_paid.items()
        if order in ships_s
    ]
    marked = [
        Handled(order=order, partition=p, offset=n, due_s=ships_s[order], done_s=orders[order][1])
        for order, (p, n, _) in first_ship.items()
        if order in ships_s
    ]
    yield from (f"order.paid of {order} was skipped" for order in overtaken(built))
    yield from (f"order.assembled of {order} was skipped" for order in overtaken(marked))


def overtaken(handled: Iterable[Handled]) -> Iterator[str]:
    """Name each order that was done late and after a later one of its partition."""
    partitions = defaultdict(list)
    for each in handled:
        partitions[each.partition].append(each)
    for partition in partitions.values():
        soonest_s = float("inf")
        for each in sorted(partition, key=lambda each: each.offset, reverse=True):
            if each.done_s > max(soonest_s, each.due_s) + OVERTAKES_BY_S:
                yield each.order
            soonest_s = min(soonest_s, each.done_s)


Firsts = Mapping[str, tuple[int, int, float]]
"""Map each order to partition, offset and Unix time of its first record."""


def _firsts(
    system: RunningSystem, topic: str, kind: type[OrderPaid] | type[ShipAssembled]
) -> Firsts:
    firsts: dict[str, tuple[int, int, float]] = {}
    for record in records_of(system.brokers, topic):
        order = kind.FromString(record.value or b"").order_uuid
        written_s = record.timestamp.timestamp()
        firsts.setdefault(order, (record.partition, record.offset, written_s))
    return firsts
