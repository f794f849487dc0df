"""The CPU that an order takes on its whole way, and how late it is."""

import time

from tests.bench.load.orders import follow, place, warm_up
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System
from tests.bench.statistics import difference

AS_MANY_AS_GO = "as many as go"

IDLE = "idle ms"
"""What the stack takes anyway in the time of the orders, divided by their number."""


def measure_cost(system: System, scale: Scale) -> Result:
    idle = _idle_ms_per_s(system, scale.rest_before_s)
    warm_up(system, scale.warm_up_orders)
    return Result(
        name="cost",
        title="Cost of orders, from the payment to the deliveries",
        unit="order",
        lines=tuple(_at(system, scale, per_s, idle) for per_s in scale.rates),
    )


def _idle_ms_per_s(system: System, seconds: float) -> float:
    before, begun = system.processes.cpu_s(), time.monotonic()
    time.sleep(seconds)
    used = difference(system.processes.cpu_s(), before)
    return sum(used.values()) / (time.monotonic() - begun) * 1e3


def _at(system: System, scale: Scale, per_s: float, idle: float) -> Line:
    orders = min(scale.cost_orders, int(per_s * scale.cost_s) if per_s else scale.cost_orders)
    followed = follow(system, place(system, orders), per_s=per_s)
    return Line(
        label=f"{per_s:.0f} a second" if per_s else AS_MANY_AS_GO,
        figures={
            **followed.timing.figures(),
            **followed.late(),
            "generator ms": followed.generator_cpu_ms,
            IDLE: idle * followed.took_s / orders,
        },
        cpu_ms=followed.cpu_ms,
    )
