"""The CPU that an order takes on its whole way, and how late it is."""

from tests.bench.load.orders import follow, place, warm_up
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System

AS_MANY_AS_GO = "as many as go"


def measure_cost(system: System, scale: Scale) -> Result:
    warm_up(system, scale.warm_up_orders)
    return Result(
        name="cost",
        title=f"Cost of {scale.cost_orders} orders, from the payment to the deliveries",
        unit="order",
        lines=tuple(_at(system, scale.cost_orders, per_s) for per_s in scale.rates),
    )


def _at(system: System, orders: int, per_s: float) -> Line:
    followed = follow(system, place(system, orders), per_s=per_s)
    return Line(
        label=f"{per_s:.0f} a second" if per_s else AS_MANY_AS_GO,
        figures={
            **followed.timing.figures(),
            **followed.late(),
            "generator ms": followed.generator_cpu_ms,
        },
        cpu_ms=followed.cpu_ms,
    )
