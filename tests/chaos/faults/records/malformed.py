"""Malformed records, and an unusual record that is valid."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import UUID

from kafka import KafkaProducer
from kafka.errors import MessageSizeTooLargeError
from kafka.producer.future import RecordMetadata

from libs.contracts.events.declared import EVENTS, ORDER_PAID, SHIP_ASSEMBLED
from libs.contracts.events.v1 import events_pb2
from libs.contracts.events.v1.events_pb2 import OrderPaid, ShipAssembled
from libs.kafka.client.options import connection_options
from libs.kafka.client.topics import Topics
from libs.settings.groups import KafkaSettings
from order_service.model.evidence import MalformedRecord
from tests.chaos.judging.observing import settings_in
from tests.chaos.scenario import RunningSystem

GROUPS = {event.topic: tuple(event.group(reader) for reader in event.readers) for event in EVENTS}

MESSAGES = {event.topic: getattr(events_pb2, event.message) for event in EVENTS}

NOBODY = str(UUID(int=0))
KEY = NOBODY.encode()

MUCH_TOO_LARGE_BYTES = 2_000_000
ENVELOPE_BYTES = 100
"""Slightly less than a record's size without its value."""


def malformed(topic: str) -> list[tuple[bytes | None, bytes | None]]:
    """Return keys and values, each malformed in a different way."""
    kind = MESSAGES[topic]
    backwards = ShipAssembled(
        event_uuid=NOBODY, order_uuid=NOBODY, user_uuid=NOBODY, build_time_sec=-1
    )
    return [
        (KEY, b"\xff\xff not protobuf"),
        (KEY, kind(event_uuid=NOBODY, order_uuid="7", user_uuid=NOBODY).SerializeToString()),
        (KEY, b""),
        (KEY, None),
        (None, b"\xff no key either"),
        *([(KEY, backwards.SerializeToString())] if topic == SHIP_ASSEMBLED.topic else []),
    ]


def barter(order_uuid: UUID) -> bytes:
    """Return a foreign OrderPaid with an unknown method: it is well-formed."""
    return OrderPaid(
        event_uuid=str(order_uuid),
        order_uuid=str(order_uuid),
        user_uuid=NOBODY,
        payment_method="BARTER",
        transaction_uuid=NOBODY,
    ).SerializeToString()


class MalformedWriter:
    """Writes malformed records and notes where they are."""

    def __init__(self, producer: KafkaProducer, system: RunningSystem) -> None:
        self._producer = producer
        self._stage = system

    def write(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        self._note(self._producer.send(topic, key=key, value=value).get(10))

    def write_many(
        self, topic: str, key: bytes, value: bytes, *, count: int, partition: int
    ) -> None:
        """Write them in order."""
        sent = [
            self._producer.send(topic, key=key, value=value, partition=partition)
            for _ in range(count)
        ]
        for each in sent:
            self._note(each.get(10))

    def _note(self, place: RecordMetadata) -> None:
        self._stage.malformed.update(
            MalformedRecord(group, place.topic, place.partition, place.offset)
            for group in GROUPS[place.topic]
        )

    def write_foreign(self, value: bytes) -> None:
        self._producer.send(ORDER_PAID.topic, value=value).get(10)

    def write_too_large(self, topic: str) -> None:
        """Write a record that the broker must refuse."""
        try:
            self.write(topic, KEY, b"\xff" * MUCH_TOO_LARGE_BYTES)
        except MessageSizeTooLargeError:
            return
        self._stage.complaints.append(f"{topic} took {MUCH_TOO_LARGE_BYTES} bytes")

    def write_largest(self, topic: str) -> None:
        """Write the largest record that the broker accepts."""
        shape = Topics(connection_options(kafka_settings(self._stage))).describe(topic)[topic]
        for size in range(shape.max_record_bytes - ENVELOPE_BYTES, 0, -8):
            try:
                self.write(topic, KEY, b"\xff" * size)
            except MessageSizeTooLargeError:
                continue
            return


@contextmanager
def malformed_writer(system: RunningSystem) -> Iterator[MalformedWriter]:
    producer = KafkaProducer(
        bootstrap_servers=system.brokers,
        acks="all",
        # An idempotent producer cannot be used after its first refused record.
        enable_idempotence=False,
        max_request_size=2 * MUCH_TOO_LARGE_BYTES,
    )
    with closing(producer):
        yield MalformedWriter(producer, system)


def kafka_settings(system: RunningSystem) -> KafkaSettings:
    return KafkaSettings.model_validate(settings_in(system.chaos.stack.environments.order()))
