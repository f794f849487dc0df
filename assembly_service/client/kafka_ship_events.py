"""Publishes ShipAssembled events to Kafka."""

from collections.abc import Sequence

from assembly_service.converter.events import ship_assembled_to_record
from assembly_service.model.ship import ShipAssembled
from assembly_service.service.ports import ShipEvents
from libs.kafka.publishing import Publisher


class KafkaShipEvents(ShipEvents):
    def __init__(self, publisher: Publisher, *, topic: str) -> None:
        self._publisher = publisher
        self._topic = topic

    def publish(self, events: Sequence[ShipAssembled]) -> None:
        records = [ship_assembled_to_record(event, topic=self._topic) for event in events]
        self._publisher.publish(records).ensure_complete()
