from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from assembly_service.converter.events import order_paid_from_record
from libs.contracts.events.declared import ORDER_PAID, SHIP_ASSEMBLED
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Decode, Record
from notification_service.converter.events import DECODERS
from order_service.converter.events import ship_assembled_from_record
from tests.chaos.faults.records.malformed import barter, malformed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_record(topic: str, key: bytes | None, value: bytes | None) -> Record:
    return Record(
        topic=topic, partition=0, offset=0, timestamp=NOW, key=key, value=value, headers=()
    )


OTHERS = {ORDER_PAID: order_paid_from_record, SHIP_ASSEMBLED: ship_assembled_from_record}

READERS = {event.topic: (decode, OTHERS.get(event, decode)) for event, decode in DECODERS.items()}


@pytest.mark.parametrize(
    ("readers", "record"),
    [
        (readers, a_record(topic, key, value))
        for topic, readers in READERS.items()
        for key, value in malformed(topic)
    ],
)
def test_every_reader_refuses_malformed_records_in_the_same_words(
    readers: Sequence[Decode[object]], record: Record
) -> None:
    words = set()
    for decode in readers:
        with pytest.raises(MalformedEvent) as refused:
            decode(record)
        words.add(str(refused.value))

    assert len(words) == 1


def test_an_unknown_payment_method_is_not_malformed() -> None:
    record = a_record(ORDER_PAID.topic, None, barter(UUID(int=7)))

    assert order_paid_from_record(record).order_uuid == UUID(int=7)
    assert DECODERS[ORDER_PAID](record).facts["payment_method"] == "BARTER"
