"""The publisher on a real broker."""

import time
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError

from libs.kafka.client.connection import open_client
from libs.kafka.client.one_by_one import publish_one_by_one
from libs.kafka.client.record_time import RecordTimes
from libs.kafka.client.sending import (
    Client,
    Errors,
    NullableBytes,
    Sent,
    await_all,
    close_producer,
    failures,
    reason_of,
    send_all,
    stored_at,
)
from libs.kafka.publishing import Published, Publisher, nothing_published
from libs.kafka.types import OutgoingRecord, TopicPartition
from libs.resilience.on_change import OncePerIncident

PRODUCER_SETTINGS = {
    "acks": "all",
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    # Without it, the constructor blocks for 30 s if there is no broker.
    "bootstrap_timeout_ms": 5_000,
    "max_block_ms": 5_000,
    "request_timeout_ms": 5_000,
    "delivery_timeout_ms": 8_000,
    # By default sends fail for up to 30 s more after an outage.
    "reconnect_backoff_max_ms": 1_000,
    # A quarter of the time after which a broker is searched at another address.
    "metadata_max_age_ms": 30_000,
    "metrics_enabled": False,
}

DEFAULT_MAX_RECORD_BYTES = 1_048_576
"""Bytes of the largest record that a topic with default settings accepts, headers included."""

ACKNOWLEDGE_TIMEOUT_S = 10.0
"""Seconds to wait for the acknowledgements of a batch. Above the delivery timeout of 8 s, after
which the client itself gives up, so that a record that counts as failed is no longer being sent."""

log = structlog.get_logger(__name__)


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
        self._times = RecordTimes()
        self._said = OncePerIncident()
        self._lock = Lock()
        self._client: Client | None = None
        self._failed_attempts = 0
        self._last_error: KafkaError | None = None

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        if not records:
            return Published()
        try:
            client = self._connected()
        except KafkaError as error:
            return nothing_published(records, reason_of(error))
        numbered = dict(enumerate(records))
        sent, errors = send_all(client, numbered, self._times)
        unanswered = await_all(sent, until=time.monotonic() + ACKNOWLEDGE_TIMEOUT_S)
        if fatal := _fatal(unanswered, sent):
            self._replace(client, fatal)
        refused = {at: numbered[at] for at, each in unanswered.items() if _is_refusal(each)}
        errors |= {at: each for at, each in unanswered.items() if at not in refused}
        if refused:
            errors |= publish_one_by_one(self._options, refused, self._times)
        return Published(
            acknowledged=tuple(at for at in numbered if at not in errors),
            failures=failures(errors),
            stored_at=stored_at(sent),
        )

    def partition_of(self, record: OutgoingRecord) -> TopicPartition | None:
        client = self._client
        return client.routing.partition_of(record) if client else None

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            close_producer(client.producer)

    def _connected(self) -> Client:
        seen = self._failed_attempts
        with self._lock:
            if self._client is not None:
                return self._client
            if self._failed_attempts != seen and self._last_error is not None:
                # Another thread has just tried for 5 s: do not queue up to try again.
                raise self._last_error
            try:
                self._client = Client.of(open_client(KafkaProducer, self._options))
            except KafkaError as error:
                self._failed_attempts += 1
                self._last_error = error
                raise
            return self._client

    def _replace(self, client: Client, cause: Exception) -> None:
        with self._lock:
            if self._client is not client:
                return
            self._client = None
        if self._said.begins(type(cause).__name__):
            log.warning("kafka_producer_replaced", cause=reason_of(cause))
        close_producer(client.producer)


def _is_refusal(error: Exception) -> bool:
    """Return True if a broker refused the batch, because of this record or another one."""
    return isinstance(error, KafkaError) and not error.retriable


def _fatal(errors: Errors, sent: Sent) -> Exception | None:
    """Return the error after which the client must be replaced, or None.

    After a refusal the client fails everything. An answer that is missing after the delivery
    timeout shows that its sender thread no longer runs.
    """
    fatal = (each for at, each in errors.items() if _is_refusal(each) or not sent[at].is_done)
    return next(fatal, None)
