"""Measures how late ships are beyond their build time, before and during a fault."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isinf

SLOWER_AT_MOST = 2.0

UNNOTICED_S = 1.0
"""Differences below this are ignored: ships take up to 10 s to build."""

PAID_BETWEEN = """
    SELECT extract(epoch FROM assembled_at - paid_at)::float - build_time_s
    FROM orders WHERE paid_at >= %s AND paid_at < %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """Seconds late of each order paid in a period; None if its ship is missing."""

    of_orders_s: Sequence[float | None]

    @property
    def p95_s(self) -> float:
        """Return the 95th percentile of the times; infinite if too many ships are missing."""
        times = sorted(float("inf") if each is None else each for each in self.of_orders_s)
        return times[ceil(0.95 * len(times)) - 1] if times else float("inf")


def slower(before: Lateness, during: Lateness) -> list[str]:
    """Return a complaint if ships are more than twice as late and a second later."""
    if isinf(before.p95_s):
        return ["too few ships before the fault to compare with"]
    limit_s = max(UNNOTICED_S, SLOWER_AT_MOST * before.p95_s)
    if during.p95_s <= limit_s:
        return []
    return [f"ships were {during.p95_s:.2f} s late (p95), {before.p95_s:.2f} s before"]
