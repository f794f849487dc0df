"""Groups ships that are due at nearly the same time, so that they share one task."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assembly_service.model.ship import Ship

BUCKET_WIDTH_S = 0.2
"""The longest time that a ship waits for another one of its bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Ships to publish together in countdown_s seconds, when the last of them is due."""

    ships: tuple[Ship, ...]
    countdown_s: float


def into_buckets(waiting: Iterable[tuple[Ship, float]]) -> list[Bucket]:
    """Group ships by their seconds to wait; the earliest bucket comes first."""
    grouped: dict[int, list[tuple[Ship, float]]] = defaultdict(list)
    for ship, wait_s in waiting:
        grouped[int(wait_s / BUCKET_WIDTH_S)].append((ship, wait_s))
    return [
        Bucket(
            ships=tuple(ship for ship, _ in members),
            countdown_s=max(wait_s for _, wait_s in members),
        )
        for _, members in sorted(grouped.items())
    ]
