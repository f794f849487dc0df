"""Sends a batch with kafka-python's producer and collects the answer to each record."""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from kafka import KafkaProducer
from kafka.errors import (
    BrokerResponseError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
)
from kafka.producer.future import FutureRecordMetadata
from kafka.serializer.abstract import Serializer

from libs.kafka.client.record_time import RecordTimes
from libs.kafka.client.routing import Routing
from libs.kafka.publishing import Failure
from libs.kafka.types import OutgoingRecord, StoredAt

CLOSE_TIMEOUT_S = 2.0

NOTHING = object()
"""Replaces a null value: the client refuses a record that has neither key nor value."""

Errors = dict[int, Exception]
"""Maps a position in a batch to the reason why its record was not acknowledged."""

Sent = dict[int, FutureRecordMetadata]
"""Maps a position in a batch to the future of its acknowledgement."""


class NullableBytes(Serializer):
    def serialize(self, _topic: str, _headers: list[tuple[str, bytes]], data: Any) -> bytes | None:
        return None if data is NOTHING else cast("bytes", data)


@dataclass(frozen=True, slots=True)
class Client:
    """A producer and what it knows of the cluster."""

    producer: KafkaProducer
    routing: Routing

    @classmethod
    def of(cls, producer: KafkaProducer) -> Self:
        # There is no public access to the client's metadata.
        return cls(producer, Routing(producer._metadata, producer._sender))  # noqa: SLF001


def send_all(
    client: Client, records: Mapping[int, OutgoingRecord], times: RecordTimes
) -> tuple[Sent, Errors]:
    """Queue the records, except those that are too large or cannot be delivered.

    Blocks for at most 5 s, while no broker knows a topic.
    """
    sent: Sent = {}
    refused: Errors = {}
    reached = client.routing.learn(records.values())
    for position, record in records.items():
        try:
            if record.topic not in reached:
                client.routing.ensure_reachable(record)
            sent[position] = send(client.producer, record, times.sent_as_ms(record))
        except (KafkaError, ValueError) as error:
            refused[position] = error
    return sent, refused


def send(
    producer: KafkaProducer, record: OutgoingRecord, timestamp_ms: int | None
) -> FutureRecordMetadata:
    acknowledgement: FutureRecordMetadata = producer.send(
        record.topic,
        key=record.key,
        value=NOTHING if record.value is None else record.value,
        headers=list(record.headers),
        timestamp_ms=timestamp_ms,
    )
    return acknowledgement


def await_all(sent: Sent, *, until: float) -> Errors:
    """Wait for every acknowledgement until a time of time.monotonic; return the missing ones.

    An error after which the client retries until the delivery timeout does not count as an answer.
    """
    errors: Errors = {}
    for position, acknowledgement in sent.items():
        try:
            acknowledgement.get(timeout=max(0.0, until - time.monotonic()))
        except BrokerResponseError as error:
            errors[position] = KafkaTimeoutError(str(error)) if error.retriable else error
        except KafkaError as error:
            errors[position] = error
    return errors


def stored_at(sent: Sent) -> dict[int, StoredAt]:
    """Return where the acknowledged records are; a repeat that the broker dropped has no place."""
    return {
        position: StoredAt(found.partition, found.offset)
        for position, each in sent.items()
        if each.succeeded() and (found := each.value) and found.offset >= 0
    }


def close_producer(producer: KafkaProducer) -> None:
    with contextlib.suppress(KafkaTimeoutError):
        producer.close(timeout=CLOSE_TIMEOUT_S)
        return
    # close() raises before it stops anything if the flush takes too long.
    producer._sender.force_close()  # noqa: SLF001


def failures(errors: Errors) -> tuple[Failure, ...]:
    return tuple(
        Failure(
            position=position,
            reason=reason_of(error),
            permanent=isinstance(error, MessageSizeTooLargeError),
            local=isinstance(error, BrokerResponseError | ValueError),
        )
        for position, error in sorted(errors.items())
    )


def reason_of(error: Exception) -> str:
    return str(error) if isinstance(error, KafkaError) else f"{type(error).__name__}: {error}"
