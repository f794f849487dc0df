"""Many orders paid at once."""

from tests.bench.load.orders import follow, place, warm_up
from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System


def measure_burst(system: System, scale: Scale) -> Result:
    warm_up(system, scale.warm_up_orders)
    return Result(
        name="burst",
        title="Bursts, from the first payment to the last ASSEMBLED",
        unit="order",
        lines=tuple(_burst(system, orders) for orders in scale.bursts),
    )


def _burst(system: System, orders: int) -> Line:
    followed = follow(system, place(system, orders))
    timing = followed.timing
    return Line(
        label=f"{orders} orders",
        figures={
            "paid s": timing.elapsed_s,
            "assembled s": followed.assembled_after_s,
            **followed.late(),
            "errors": float(timing.errors),
        },
        cpu_ms=followed.cpu_ms,
    )
