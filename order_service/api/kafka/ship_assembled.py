"""ShipAssembled records, whoever produced them."""

from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record
from order_service.converter.events import ship_assembled_from_proto
from order_service.model.events import ShipAssembled


def ship_assembled_from_record(record: Record) -> ShipAssembled:
    """Decode the record's value; needs no header. Raises MalformedEvent."""
    if record.value is None:
        raise MalformedEvent("ShipAssembled: the record has no value")
    return ship_assembled_from_proto(record.value)
