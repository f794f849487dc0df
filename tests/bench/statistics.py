"""The few statistics of the bench."""

import math
from collections.abc import Iterable, Mapping, Sequence


def percentile(values: Iterable[float], share: float) -> float:
    """Return the smallest value that at least this share of all values does not exceed.

    Of no values it is not a number.
    """
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Iterable[float]) -> float:
    """Return the value in the middle, or the mean of the two there."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def grows(backlog: Sequence[float], *, slack: float) -> bool:
    """Return True if the last third of the samples is on average more than slack above the first.

    Fewer than three samples show no growth.
    """
    third = len(backlog) // 3
    if not third:
        return False
    return _mean(backlog[-third:]) - _mean(backlog[:third]) > slack


def difference(after: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    """Subtract name by name; a name that is new counts from zero, one that is gone is left out."""
    return {name: value - before.get(name, 0.0) for name, value in after.items()}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
