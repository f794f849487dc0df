"""Groups ships that are due at nearly the same time, so that they share one task."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from assembly_service.model.ship import Ship

TICK_S = 0.25
"""Ships that are due between two ticks wait for the second one. Buckets of different batches then
end at the same moment, and whoever reads their events has one batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Ships to publish together in countdown_s seconds."""

    ships: tuple[Ship, ...]
    countdown_s: float


def into_buckets(waiting: Iterable[tuple[Ship, float]], *, now: datetime) -> list[Bucket]:
    """Group ships by their seconds to wait; the earliest bucket comes first.

    Ships that are due already, and a ship that is alone in its bucket, wait for no tick.
    """
    since_tick_s = now.timestamp() % TICK_S
    grouped: dict[int, list[tuple[Ship, float]]] = defaultdict(list)
    for ship, wait_s in waiting:
        tick = ceil((since_tick_s + wait_s) / TICK_S) if wait_s > 0 else 0
        grouped[tick].append((ship, wait_s))
    return [
        _bucket(members, tick * TICK_S - since_tick_s) for tick, members in sorted(grouped.items())
    ]


def _bucket(members: Sequence[tuple[Ship, float]], to_tick_s: float) -> Bucket:
    waits_s = [wait_s for _, wait_s in members]
    return Bucket(
        ships=tuple(ship for ship, _ in members),
        countdown_s=max(*waits_s, to_tick_s) if len(members) > 1 else waits_s[0],
    )
