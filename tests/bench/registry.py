"""The measurements, in the order in which they run."""

from collections.abc import Callable, Mapping, Sequence

from tests.bench.errors import NotMeasured
from tests.bench.measurements.bare import measure_bare
from tests.bench.measurements.burst import measure_burst
from tests.bench.measurements.cost import measure_cost
from tests.bench.measurements.drain import measure_drain
from tests.bench.measurements.growth import measure_growth
from tests.bench.measurements.idle import measure_idle
from tests.bench.measurements.layers import measure_layers
from tests.bench.measurements.rest import measure_rest
from tests.bench.measurements.sustained import measure_sustained
from tests.bench.results import Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System

Measure = Callable[[System, Scale], Result]

MEASUREMENTS: Mapping[str, Measure] = {
    # Before any work: afterwards the chat is told of it for minutes.
    "idle": measure_idle,
    "cost": measure_cost,
    "rest": measure_rest,
    "bare": measure_bare,
    "burst": measure_burst,
    "drain": measure_drain,
    "sustained": measure_sustained,
    "layers": measure_layers,
    "growth": measure_growth,
}


def chosen(names: str) -> Sequence[str]:
    """Split comma-separated names; none means all. Raises NotMeasured for an unknown one."""
    wanted = [name.strip() for name in names.split(",") if name.strip()] or list(MEASUREMENTS)
    if unknown := set(wanted) - set(MEASUREMENTS):
        known = ", ".join(MEASUREMENTS)
        raise NotMeasured(f"no measurement {', '.join(sorted(unknown))}: there are {known}")
    return [name for name in MEASUREMENTS if name in wanted]
