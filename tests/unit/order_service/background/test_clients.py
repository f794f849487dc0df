from collections.abc import Sequence
from dataclasses import replace

from libs.kafka.publishing import Failure, Published, Publisher
from libs.kafka.types import OutgoingRecord
from order_service.client.kafka_events import KafkaEvents
from order_service.model.outbox import Refusal
from tests.unit.order_service.background.fakes import ORDER_ID, an_event


class FirstOnly(Publisher):
    def __init__(self) -> None:
        self.records: list[OutgoingRecord] = []

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        self.records += records
        failures = [Failure(position=1, reason="no leader", local=True)] if records[1:] else []
        return Published(acknowledged=(0,), failures=tuple(failures))

    def partition_of(self, record: OutgoingRecord) -> None:
        """Know of no partition."""

    def close(self) -> None:
        """Do nothing."""


def test_an_event_is_published_with_its_key_its_headers_and_its_own_time() -> None:
    publisher = FirstOnly()
    first, second = an_event(1), an_event(2)

    publication = KafkaEvents(publisher.publish).publish([first, second])

    assert publication.acknowledged == (first.event_uuid,)
    assert publication.refused == {second.event_uuid: Refusal(reason="no leader", local=True)}
    assert publisher.records[0] == OutgoingRecord(
        topic="order.paid",
        key=str(ORDER_ID).encode(),
        value=b"paid",
        headers=(("event-type", b"events.v1.OrderPaid"),),
        timestamp=first.occurred_at,
    )


def test_an_event_that_cannot_be_written_as_a_record_is_refused_alone() -> None:
    publisher = FirstOnly()
    odd, fine = replace(an_event(1), headers={"traceparent": None}), an_event(2)  # type: ignore[dict-item]  # as a hand may have written it

    publication = KafkaEvents(publisher.publish).publish([odd, fine])

    assert publication.acknowledged == (fine.event_uuid,)
    assert publication.refused[odd.event_uuid].local
