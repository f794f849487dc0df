"""How late ships are, beyond the time that they take to build, before a fault and during it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isinf

SLOWER_AT_MOST = 2.0

UNNOTICED_S = 1.0
"""Ships take up to 10 s to build: below this nobody minds, and twice little is chance."""

PAID_BETWEEN = """
    SELECT extract(epoch FROM assembled_at - paid_at)::float - build_time_s
    FROM orders WHERE paid_at >= %s AND paid_at < %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """Seconds of each order that was paid in a while; None: its ship is not there."""

    of_orders_s: Sequence[float | None]

    @property
    def p95_s(self) -> float:
        """Return the time within which 95 of 100 ships were there; without end if they were not."""
        times = sorted(float("inf") if each is None else each for each in self.of_orders_s)
        return times[ceil(0.95 * len(times)) - 1] if times else float("inf")


def slower(before: Lateness, during: Lateness) -> list[str]:
    """Say whether it got worse: more than twice as late, and later than a second."""
    if isinf(before.p95_s):
        return ["too few ships came before: there is nothing to compare with"]
    limit_s = max(UNNOTICED_S, SLOWER_AT_MOST * before.p95_s)
    if during.p95_s <= limit_s:
        return []
    return [f"ships were {during.p95_s:.2f} s late (p95), {before.p95_s:.2f} s before"]
