"""The measurements, in the order in which they run."""

from collections.abc import Callable, Mapping, Sequence

from tests.bench.errors import NotMeasured
from tests.bench.measurements.cost import measure_cost
from tests.bench.results import Result
from tests.bench.scale import Scale
from tests.bench.stack.system import System

Measure = Callable[[System, Scale], Result]

MEASUREMENTS: Mapping[str, Measure] = {
    "cost": measure_cost,
}


def chosen(names: str) -> Sequence[str]:
    """Split comma-separated names; none means all. Raises NotMeasured for an unknown one."""
    wanted = [name.strip() for name in names.split(",") if name.strip()] or list(MEASUREMENTS)
    if unknown := set(wanted) - set(MEASUREMENTS):
        known = ", ".join(MEASUREMENTS)
        raise NotMeasured(f"no measurement {', '.join(sorted(unknown))}: there are {known}")
    return [name for name in MEASUREMENTS if name in wanted]
