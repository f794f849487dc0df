"""In-memory ports of this service."""

from collections.abc import Sequence

from assembly_service.model.bucket import Bucket
from assembly_service.model.ship import ShipAssembled
from assembly_service.service.ports import BuildTimer, ShipEvents
from libs.errors import Unavailable


class FakeBuildTimer(BuildTimer):
    def __init__(self) -> None:
        self.buckets: list[Bucket] = []
        self.down = False

    def publish_later(self, buckets: Sequence[Bucket]) -> None:
        if self.down:
            raise Unavailable("no queue")
        self.buckets += buckets


class FakeShipEvents(ShipEvents):
    def __init__(self) -> None:
        self.published: list[ShipAssembled] = []
        self.down = False

    def publish(self, events: Sequence[ShipAssembled]) -> None:
        if self.down:
            raise Unavailable("no broker")
        self.published += events
