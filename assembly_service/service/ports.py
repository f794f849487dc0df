"""Ports of the use cases."""

from collections.abc import Sequence
from typing import Protocol

from assembly_service.model.bucket import Bucket
from assembly_service.model.ship import ShipAssembled


class BuildTimer(Protocol):
    def publish_later(self, buckets: Sequence[Bucket]) -> None:
        """Schedule the publication of each bucket's ships for the end of its countdown.

        Returns once the hand-off is acknowledged. Raises Unavailable; some of the buckets may
        have been handed off by then, and handing off all of them again is harmless.
        """


class ShipEvents(Protocol):
    def publish(self, events: Sequence[ShipAssembled]) -> None:
        """Publish and wait for all acknowledgements. Raises Unavailable; a repeat is harmless."""
