from collections.abc import Sequence

import pytest

from tests.bench.load.drive import Timing
from tests.bench.measurements.sustained import Try


def a_try(
    *,
    errors: int = 0,
    elapsed_s: float = 10.0,
    late_s: float = 0.2,
    backlog: Sequence[float] = (30, 30, 30),
) -> Try:
    return Try(
        per_s=10.0,
        for_s=10.0,
        timing=Timing(latencies_s=[0.1] * 100, errors=errors, elapsed_s=elapsed_s),
        lateness_s=[late_s] * 100,
        backlog=list(backlog),
    )


def test_a_rate_is_held_if_all_goes_well() -> None:
    assert a_try().is_held


@pytest.mark.parametrize(
    "failing",
    [
        a_try(errors=1),
        a_try(elapsed_s=11.1),
        a_try(late_s=1.1),
        a_try(backlog=(30, 60, 90)),
    ],
    ids=["a refused order", "a rate that is not reached", "late ships", "a growing backlog"],
)
def test_a_rate_is_not_held_with(failing: Try) -> None:
    assert not failing.is_held
