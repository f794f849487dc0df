"""How much each measurement does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    rates: tuple[float, ...] = (25.0, 100.0, 0.0)
    """Orders a second; 0 is as many as go."""
    cost_orders: int = 1500
    warm_up_orders: int = 200


FULL = Scale()

QUICK = Scale(rates=(0.0,), cost_orders=400, warm_up_orders=100)
