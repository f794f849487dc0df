"""Outbox events as Kafka records."""

from collections.abc import Callable, Sequence
from uuid import UUID

from libs.kafka.publishing import Published
from libs.kafka.types import OutgoingRecord
from order_service.model.outbox import OutboxEvent, Publication, Refusal
from order_service.service.background.ports import EventPublisher

PublishRecords = Callable[[Sequence[OutgoingRecord]], Published]


class KafkaEvents(EventPublisher):
    def __init__(self, publish: PublishRecords) -> None:
        self._publish = publish

    def publish(self, events: Sequence[OutboxEvent]) -> Publication:
        refused: dict[UUID, Refusal] = {}
        records: dict[UUID, OutgoingRecord] = {}
        for event in events:
            try:
                records[event.event_uuid] = _record(event)
            except (AttributeError, ValueError) as error:
                reason = f"cannot be written as a Kafka record: {error}"
                refused[event.event_uuid] = Refusal(reason=reason, local=True)
        published = self._publish(list(records.values()))
        sent = list(records)
        for failure in published.failures:
            refusal = Refusal(reason=failure.reason, local=failure.local)
            refused[sent[failure.position]] = refusal
        return Publication(
            acknowledged=tuple(sent[position] for position in published.acknowledged),
            refused=refused,
            stored_at={sent[position]: place for position, place in published.stored_at.items()},
        )


def _record(event: OutboxEvent) -> OutgoingRecord:
    return OutgoingRecord(
        topic=event.topic,
        key=event.key.encode(),
        value=event.payload,
        headers=tuple((name, text.encode()) for name, text in event.headers.items()),
        timestamp=event.occurred_at,
    )
