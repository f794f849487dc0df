from datetime import UTC, datetime
from uuid import UUID

import pytest

from assembly_service.converter.events import order_paid_from_record
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Decode, Record
from notification_service.converter import events as notification
from order_service.converter.events import ship_assembled_from_proto
from tests.chaos.faults.records.poison import ASSEMBLED, PAID, barter, malformed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_record(topic: str, key: bytes | None, value: bytes | None) -> Record:
    return Record(
        topic=topic, partition=0, offset=0, timestamp=NOW, key=key, value=value, headers=()
    )


def ship_assembled(record: Record) -> object:
    return ship_assembled_from_proto(record.value or b"")


READERS = {
    PAID: (order_paid_from_record, notification.order_paid_from_record),
    ASSEMBLED: (ship_assembled, notification.ship_assembled_from_record),
}


@pytest.mark.parametrize(
    ("decode", "record"),
    [
        (decode, a_record(topic, key, value))
        for topic, readers in READERS.items()
        for key, value in malformed(topic)
        for decode in readers
    ],
)
def test_every_reader_refuses_all_poison(decode: Decode[object], record: Record) -> None:
    with pytest.raises(MalformedEvent):
        decode(record)


def test_an_unknown_payment_method_is_no_poison() -> None:
    record = a_record(PAID, None, barter(UUID(int=7)))

    assert order_paid_from_record(record).order_uuid == UUID(int=7)
    assert notification.order_paid_from_record(record).facts["payment_method"] == "BARTER"
