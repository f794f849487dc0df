"""All readers of an event refuse the same records in the same words."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assembly_service.converter.events import order_paid_from_record
from libs.contracts.events.declared import ORDER_PAID, SHIP_ASSEMBLED, DeclaredEvent
from libs.contracts.events.v1 import events_pb2
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Decode
from notification_service.converter.events import DECODERS
from order_service.converter.events import ship_assembled_from_record
from tests.chaos.faults.records.malformed import barter, malformed
from tests.support.golden import golden_sample
from tests.support.kafka import a_record

OTHERS: Mapping[DeclaredEvent, Decode[object]] = {
    ORDER_PAID: order_paid_from_record,
    SHIP_ASSEMBLED: ship_assembled_from_record,
}

READERS: Mapping[DeclaredEvent, Sequence[Decode[object]]] = {
    event: (decode, OTHERS.get(event, decode)) for event, decode in DECODERS.items()
}

EACH_EVENT = pytest.mark.parametrize("event", READERS, ids=lambda event: event.message)


def changed(event: DeclaredEvent, field: str, value: object) -> bytes:
    """Return the golden sample with another value in the field."""
    wire = getattr(events_pb2, event.message).FromString(golden_sample(event.sample))
    setattr(wire, field, value)
    return bytes(wire.SerializeToString())


def refusal(event: DeclaredEvent, value: bytes | None) -> str:
    """Return the words in which every reader refuses the value."""
    words = set()
    for decode in READERS[event]:
        with pytest.raises(MalformedEvent, match=event.message) as refused:
            decode(a_record(value))
        words.add(str(refused.value))
    (said,) = words
    return said


@EACH_EVENT
@pytest.mark.parametrize("field", ["event_uuid", "order_uuid", "user_uuid"])
@pytest.mark.parametrize("text", ["", "7", "not-a-uuid" * 100])
def test_a_missing_or_bad_id_is_named_briefly(event: DeclaredEvent, field: str, text: str) -> None:
    said = refusal(event, changed(event, field, text))

    assert field in said
    assert len(said) < 200


@pytest.mark.parametrize("build_time_s", [-1, 86_401])
def test_an_impossible_build_time_is_named(build_time_s: int) -> None:
    value = changed(SHIP_ASSEMBLED, "build_time_sec", build_time_s)

    assert "build_time_sec" in refusal(SHIP_ASSEMBLED, value)


@EACH_EVENT
@pytest.mark.parametrize("value", [None, b"", b"\xff\xff\xff garbage", b'{"order": 1}'])
def test_bytes_that_are_no_event_are_malformed(event: DeclaredEvent, value: bytes | None) -> None:
    assert refusal(event, value)


@EACH_EVENT
@given(value=st.binary(max_size=300))
def test_any_bytes_decode_or_are_malformed(event: DeclaredEvent, value: bytes) -> None:
    for decode in READERS[event]:
        try:
            decode(a_record(value))
        except MalformedEvent:
            continue


@EACH_EVENT
def test_every_malformed_record_of_the_chaos_tests_is_refused(event: DeclaredEvent) -> None:
    assert all(refusal(event, value) for _, value in malformed(event.topic))


def test_an_unknown_payment_method_is_not_malformed() -> None:
    record = a_record(barter(UUID(int=7)))

    assert order_paid_from_record(record).order_uuid == UUID(int=7)
    assert DECODERS[ORDER_PAID](record).facts["payment_method"] == "BARTER"
