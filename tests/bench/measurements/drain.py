"""A backlog of events that are all due: what a consumer finds after it was away."""

import time
from contextlib import AbstractContextManager, nullcontext

from tests.bench.load.orders import EVENTS_OF_AN_ORDER, per_piece_ms, wait_until_done, warm_up
from tests.bench.load.past import paid_orders, publish, store_orders
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System
from tests.bench.statistics import difference

CONSUMERS = ("assembly-consumer", "notification-consumer")
"""They read OrderPaid."""

OVERDUE_S = 15.0
"""Every build time is over since then."""


def measure_drain(system: System, scale: Scale) -> Result:
    warm_up(system, scale.warm_up_orders)
    return Result(
        name="drain",
        title="Drain of due events, from the start of the consumers",
        unit="order",
        lines=(drain(system, scale.drained, f"{scale.drained} events"),),
    )


def drain(
    system: System,
    events: int,
    label: str,
    *,
    beside: AbstractContextManager[object] | None = None,
) -> Line:
    """Let events wait in Kafka, start the consumers, and wait until all orders are done.

    The time and the CPU of the consumers' start are in all figures but the flow. Other consumers
    may be started beside them.
    """
    told = _let_wait(system, events)
    before, begun_s = system.processes.cpu_s(), time.time()
    with beside or nullcontext():
        system.start(CONSUMERS)
        told_s = wait_until_done(system, told + EVENTS_OF_AN_ORDER * events, orders=events)
        used = difference(system.processes.cpu_s(), before)
    assembled_s = system.orders.last_assembled_s() - begun_s
    return Line(
        label=label,
        figures={
            "assembled s": assembled_s,
            "per s": events / assembled_s,
            "flow per s": system.orders.flow_per_s(since_s=begun_s),
            "deliveries s": told_s - begun_s,
        },
        cpu_ms=per_piece_ms(used, events),
    )


def _let_wait(system: System, events: int) -> int:
    """Stop the consumers and publish events that are due; return the deliveries so far."""
    system.stop(CONSUMERS)
    orders = paid_orders(events, ago_s=OVERDUE_S)
    store_orders(system.orders.connection, orders)
    publish(system.kafka, orders)
    return system.deliveries.count()
