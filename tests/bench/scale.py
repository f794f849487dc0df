"""How much each measurement does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    rates: tuple[float, ...] = (1.0, 25.0, 100.0, 0.0)
    """Orders a second; 0 is as many as go."""
    cost_orders: int = 1500
    cost_s: float = 60.0
    """Longest time in which orders are paid at a rate."""
    rest_before_s: float = 10.0
    """Seconds without work, to know what the stack takes anyway."""
    warm_up_orders: int = 200
    callers: tuple[int, ...] = (1, 16, 64)
    call_s: float = 4.0
    """Seconds of each kind of REST call at each number of callers."""
    bare_turns: int = 2
    bare_pay_s: float = 12.0
    """More than the longest build, so that all of the downstream works."""
    idle_s: float = 30.0
    bursts: tuple[int, ...] = (100, 1000, 5000)
    drained: int = 10_000
    sustained_from: float = 80.0
    """The first rate that is tried, in orders a second."""
    step_s: float = 12.0
    sustained_s: float = 60.0
    layer_calls: int = 1000
    layer_marked: int = 10_000
    layer_records: int = 20_000
    layer_tasks: int = 3000
    slept_builds_s: tuple[float, ...] = (1.0, 4.0, 7.0, 10.0)
    """Their mean is that of the services' builds."""
    grown_to: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    """Orders in the tables."""
    grown_paid: int = 300
    copies: tuple[int, ...] = (1, 2, 4)
    http_workers: tuple[int, ...] = (1, 2)
    drained_by_copies: int = 4000
    forgotten: int = 8000


FULL = Scale()

QUICK = Scale(
    rates=(0.0,),
    cost_orders=500,
    rest_before_s=4.0,
    warm_up_orders=100,
    callers=(16,),
    call_s=1.5,
    bare_turns=1,
    bare_pay_s=3.0,
    idle_s=5.0,
    bursts=(100, 300),
    drained=1000,
    sustained_from=20.0,
    step_s=6.0,
    sustained_s=15.0,
    layer_calls=400,
    layer_marked=5000,
    layer_records=10_000,
    layer_tasks=500,
    slept_builds_s=(),
    grown_to=(1_000, 10_000),
    grown_paid=100,
    copies=(1, 2),
    http_workers=(1,),
    drained_by_copies=500,
    forgotten=500,
)

OF_QUICK = "cost,rest,layers"
"""The measurements of the short form, without those that only count time."""
