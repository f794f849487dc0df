"""Outbox events as Kafka records."""

from collections.abc import Sequence

from libs.kafka.publishing import Publisher
from libs.kafka.types import OutgoingRecord
from order_service.model.outbox import OutboxEvent, Publication
from order_service.service.background_ports import EventPublisher


class KafkaEvents(EventPublisher):
    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def publish(self, events: Sequence[OutboxEvent]) -> Publication:
        published = self._publisher.publish([_record(event) for event in events])
        return Publication(
            acknowledged=tuple(events[position].event_uuid for position in published.acknowledged),
            refused={
                events[failure.position].event_uuid: failure.reason
                for failure in published.failures
            },
        )


def _record(event: OutboxEvent) -> OutgoingRecord:
    return OutgoingRecord(
        topic=event.topic,
        key=event.key.encode(),
        value=event.payload,
        headers=tuple((name, text.encode()) for name, text in event.headers.items()),
        timestamp=event.occurred_at,
    )
