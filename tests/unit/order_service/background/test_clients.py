from collections.abc import Sequence
from dataclasses import replace

from libs.kafka.publishing import Failure, Published
from libs.kafka.types import OutgoingRecord
from order_service.client.kafka_events import KafkaEvents
from order_service.model.outbox import Refusal
from tests.support.kafka import FakePublisher
from tests.unit.order_service.background.fakes import ORDER_ID, an_event


def test_an_event_is_published_with_its_key_its_headers_and_its_own_time() -> None:
    first, second = an_event(1), an_event(2)
    records: list[OutgoingRecord] = []

    def publish(each: Sequence[OutgoingRecord]) -> Published:
        records.extend(each)
        failure = Failure(position=1, reason="no leader", local=True)
        return Published(acknowledged=(0,), failures=(failure,))

    publication = KafkaEvents(publish).publish([first, second])

    assert publication.acknowledged == (first.event_uuid,)
    assert publication.refused == {second.event_uuid: Refusal(reason="no leader", local=True)}
    assert records[0] == OutgoingRecord(
        topic="order.paid",
        key=str(ORDER_ID).encode(),
        value=b"paid",
        headers=(("event-type", b"events.v1.OrderPaid"),),
        timestamp=first.occurred_at,
    )


def test_an_event_that_cannot_be_written_as_a_record_is_refused_alone() -> None:
    odd, fine = replace(an_event(1), headers={"traceparent": None}), an_event(2)  # type: ignore[dict-item]  # as a hand may have written it

    publication = KafkaEvents(FakePublisher().publish).publish([odd, fine])

    assert publication.acknowledged == (fine.event_uuid,)
    assert publication.refused[odd.event_uuid].local
