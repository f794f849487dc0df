"""The publisher on a real broker."""

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, cast

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from kafka.producer.future import FutureRecordMetadata
from kafka.serializer.abstract import Serializer

from libs.kafka.connection import open_client
from libs.kafka.publishing import Failure, Published, Publisher, nothing_published
from libs.kafka.types import OutgoingRecord

PRODUCER_SETTINGS = {
    "acks": "all",
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    # Without it the constructor blocks for 30 s when there is no broker.
    "bootstrap_timeout_ms": 5_000,
    "max_block_ms": 5_000,
    "request_timeout_ms": 5_000,
    "delivery_timeout_ms": 8_000,
    # The default lets the first send after an outage fail for up to 30 s more.
    "reconnect_backoff_max_ms": 1_000,
    # A fourth of the time after which a broker is looked for at another address.
    "metadata_max_age_ms": 30_000,
    "metrics_enabled": False,
}

DEFAULT_MAX_RECORD_BYTES = 1_048_576
"""Bytes of the largest record that a topic of default settings accepts, headers included."""

ACKNOWLEDGED_WITHIN_S = 10.0
"""Seconds to wait for the acknowledgements of a batch; above the delivery timeout of 8 s, after
which the client itself gives up, so that a record is never both given up and still on its way."""

TOPICS_MAY_FAIL = 2
"""Topics of one batch that are waited for in vain, for 5 s each: one may be missing, which must
not hold up the others; if a second one fails, it is the broker."""

CLOSE_WITHIN_S = 2.0

NOTHING = object()
"""Stands for a null value: the client refuses a record that has neither key nor value."""

log = structlog.get_logger(__name__)


class NullableBytes(Serializer):
    def serialize(self, _topic: str, _headers: list[tuple[str, bytes]], data: Any) -> bytes | None:
        return None if data is NOTHING else cast("bytes", data)


@dataclass(frozen=True, slots=True)
class _Sent:
    position: int
    acknowledgement: FutureRecordMetadata


class KafkaPublisher(Publisher):
    """Connects at the first publish. A fatal error of the client closes and replaces it."""

    def __init__(
        self, connection: Mapping[str, Any], *, max_record_bytes: int = DEFAULT_MAX_RECORD_BYTES
    ) -> None:
        self._options = {
            **PRODUCER_SETTINGS,
            **connection,
            "max_request_size": max_record_bytes,
            "value_serializer": NullableBytes(),
        }
        self._lock = Lock()
        self._producer: KafkaProducer | None = None
        self._failed_attempts = 0
        self._last_error: KafkaError | None = None

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        if not records:
            return Published()
        try:
            producer = self._connected()
        except KafkaError as error:
            return nothing_published(records, _reason(error))
        sent, refused = _send_all(producer, records)
        acknowledged, failed, fatal = _await_all(sent)
        if fatal is not None:
            self._replace(producer, fatal)
        return Published(
            acknowledged=acknowledged,
            failures=tuple(sorted((*refused, *failed), key=lambda failure: failure.position)),
        )

    def close(self) -> None:
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            _close(producer)

    def _connected(self) -> KafkaProducer:
        seen = self._failed_attempts
        with self._lock:
            if self._producer is not None:
                return self._producer
            if self._failed_attempts != seen and self._last_error is not None:
                # Another thread has just tried, for 5 s: nobody waits in line to try again.
                raise self._last_error
            try:
                self._producer = open_client(KafkaProducer, self._options)
            except KafkaError as error:
                self._failed_attempts += 1
                self._last_error = error
                raise
            return self._producer

    def _replace(self, producer: KafkaProducer, cause: Exception) -> None:
        with self._lock:
            if self._producer is not producer:
                return
            self._producer = None
        log.warning("kafka_producer_replaced", cause=_reason(cause))
        _close(producer)


def _send_all(
    producer: KafkaProducer, records: Sequence[OutgoingRecord]
) -> tuple[list[_Sent], list[Failure]]:
    """Queue the records, passing over the ones that are too large and topics that fail.

    With no metadata each send blocks for 5 s: no topic is tried again after its first failure, and
    the second topic to fail ends the batch.
    """
    sent: list[_Sent] = []
    refused: list[Failure] = []
    failed_topics: dict[str, str] = {}
    for position, record in enumerate(records):
        reason = failed_topics.get(record.topic)
        if reason is None and len(failed_topics) == TOPICS_MAY_FAIL:
            reason = next(reversed(failed_topics.values()))
        if reason is not None:
            refused.append(Failure(position=position, reason=reason))
            continue
        try:
            sent.append(_Sent(position, _send(producer, record)))
        except MessageSizeTooLargeError as error:
            refused.append(Failure(position=position, reason=_reason(error), permanent=True))
        except (KafkaError, ValueError) as error:
            failed_topics[record.topic] = _reason(error)
            refused.append(Failure(position=position, reason=_reason(error)))
    return sent, refused


def _send(producer: KafkaProducer, record: OutgoingRecord) -> FutureRecordMetadata:
    acknowledgement: FutureRecordMetadata = producer.send(
        record.topic,
        key=record.key,
        value=NOTHING if record.value is None else record.value,
        headers=list(record.headers),
        timestamp_ms=record.timestamp and round(record.timestamp.timestamp() * 1000),
    )
    return acknowledgement


def _await_all(
    sent: Sequence[_Sent],
) -> tuple[tuple[int, ...], list[Failure], Exception | None]:
    """Return who was acknowledged, who failed, and the error after which the client is useless."""
    deadline = time.monotonic() + ACKNOWLEDGED_WITHIN_S
    acknowledged: list[int] = []
    failed: list[Failure] = []
    fatal: Exception | None = None
    for each in sent:
        try:
            each.acknowledgement.get(timeout=max(0.0, deadline - time.monotonic()))
        except KafkaError as error:
            failed.append(
                Failure(
                    position=each.position,
                    reason=_reason(error),
                    permanent=isinstance(error, MessageSizeTooLargeError),
                )
            )
            # Unanswered after the delivery timeout: its sender thread no longer runs.
            if not error.retriable or not each.acknowledgement.is_done:
                fatal = error
        else:
            acknowledged.append(each.position)
    return tuple(acknowledged), failed, fatal


def _close(producer: KafkaProducer) -> None:
    with contextlib.suppress(KafkaTimeoutError):
        producer.close(timeout=CLOSE_WITHIN_S)
        return
    # close() raises before it stops anything if a flush takes too long.
    producer._sender.force_close()  # noqa: SLF001


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, KafkaError) else f"{type(error).__name__}: {error}"
