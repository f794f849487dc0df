"""What assembling ships needs from outside."""

from collections.abc import Sequence
from typing import Protocol

from assembly_service.model.bucket import Bucket
from assembly_service.model.ship import ShipAssembled


class BuildTimer(Protocol):
    def publish_later(self, buckets: Sequence[Bucket]) -> None:
        """Have the ships of each bucket published when its countdown ends.

        Returns once the hand-off is acknowledged. Raises Unavailable; then any part of the
        buckets may have been handed off, and all of them may be handed off again.
        """
        ...


class ShipEvents(Protocol):
    def publish(self, events: Sequence[ShipAssembled]) -> None:
        """Return once every event is acknowledged. Raises Unavailable; a repeat is harmless."""
        ...
