"""Creates and inspects topics, each with a topic for its dead letters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import NoError, TopicAlreadyExistsError, for_code

from libs.kafka.client.connection import kafka_errors, open_client
from libs.kafka.errors import KafkaUnavailable

DEAD_LETTER_HEADROOM_BYTES = 64 * 1024
"""Bytes by which a dead letter may exceed its source: headers that describe its origin."""

DEAD_LETTER_RETENTION_MS = 14 * 24 * 3600 * 1000
"""14 days: longer than the original records, which stay for 7."""

ADMIN_SETTINGS = {
    "bootstrap_timeout_ms": 5_000,
    "request_timeout_ms": 5_000,
    "reconnect_backoff_max_ms": 1_000,
}

MAX_BYTES = "max.message.bytes"

COMPRESSION = "compression.type"
UNCOMPRESSED = "uncompressed"
"""The broker decompresses what a foreign producer compressed. Every consumer can read it, and it
cannot grow beyond the size that the dead letters accept."""

log = structlog.get_logger(__name__)


def dead_letter_topic(topic: str) -> str:
    return f"{topic}.dlq"


@dataclass(frozen=True, slots=True)
class Shape:
    partitions: int
    max_record_bytes: int


class Topics:
    """Every call opens a connection and blocks for at most about 20 s."""

    def __init__(self, connection: Mapping[str, Any]) -> None:
        self._options = {**ADMIN_SETTINGS, **connection}

    def create(self, names: Sequence[str], *, partitions: int, replication: int) -> None:
        """Create each topic and its dead-letter topic; return when they have leaders.

        Existing topics stay as they are, with two exceptions: the record size limit of a
        dead-letter topic is raised to fit its source, and compression is turned off. Raises
        KafkaUnavailable; a repeat is harmless.
        """
        shape = {"num_partitions": partitions, "replication_factor": replication}
        with self._admin() as admin:
            source = {**shape, "configs": {COMPRESSION: UNCOMPRESSED}}
            _create_missing(admin, dict.fromkeys(names, source))
            needed = {name: dead_letter_bytes(_max_record_bytes(admin, name)) for name in names}
            dead_letters = {
                dead_letter_topic(name): {**shape, "configs": _dead_letter_settings(needed[name])}
                for name in names
            }
            _create_missing(admin, dead_letters)
            for name in names:
                _widen(admin, dead_letter_topic(name), needed[name])
                _unpack(admin, name)
                _unpack(admin, dead_letter_topic(name))

    def describe(self, *names: str) -> dict[str, Shape]:
        """Return partitions and size limit of those topics that exist. Raises KafkaUnavailable."""
        with self._admin() as admin:
            partitions = {
                topic["name"]: len(topic["partitions"])
                for topic in admin.describe_topics(list(names))
            }
            return {
                name: Shape(count, _max_record_bytes(admin, name))
                for name, count in partitions.items()
                if count
            }

    @contextmanager
    def _admin(self) -> Iterator[KafkaAdminClient]:
        with kafka_errors(), closing(open_client(KafkaAdminClient, self._options)) as admin:
            yield admin


def dead_letter_bytes(source_max_bytes: int) -> int:
    """Return the size limit that a dead-letter topic needs for a source with this limit."""
    return source_max_bytes + DEAD_LETTER_HEADROOM_BYTES


def _dead_letter_settings(max_bytes: int) -> dict[str, str]:
    return {
        MAX_BYTES: str(max_bytes),
        "retention.ms": str(DEAD_LETTER_RETENTION_MS),
        COMPRESSION: UNCOMPRESSED,
    }


def _create_missing(admin: KafkaAdminClient, topics: Mapping[str, Mapping[str, Any]]) -> None:
    answer = admin.create_topics(dict(topics), raise_errors=False)
    for topic in answer["topics"]:
        error = for_code(topic["error_code"])
        if error is NoError:
            log.info("topic_created", topic=topic["name"])
        elif error is not TopicAlreadyExistsError:
            raise error(topic["error_message"])
    admin.wait_for_topics(list(topics))


def _setting(admin: KafkaAdminClient, name: str, setting: str) -> str:
    resource = ConfigResource(ConfigResourceType.TOPIC, name, {setting: None})
    answer = admin.describe_configs([resource], config_filter="all")
    settings = answer["topic"][name]
    if setting not in settings:
        raise KafkaUnavailable(f"topic {name} does not exist")
    return str(settings[setting]["value"])


def _change(admin: KafkaAdminClient, name: str, setting: str, value: str) -> None:
    resource = ConfigResource(ConfigResourceType.TOPIC, name, {setting: value})
    # A refusal, for example for a missing right, is not raised.
    answer = admin.alter_configs([resource])["topic"][name]
    if answer == "OK":
        log.info("topic_changed", topic=name, setting=setting, value=value)
    else:
        log.warning("topic_not_changed", topic=name, setting=setting, value=value, reason=answer)


def _max_record_bytes(admin: KafkaAdminClient, name: str) -> int:
    return int(_setting(admin, name, MAX_BYTES))


def _widen(admin: KafkaAdminClient, name: str, needed: int) -> None:
    if _max_record_bytes(admin, name) < needed:
        _change(admin, name, MAX_BYTES, str(needed))


def _unpack(admin: KafkaAdminClient, name: str) -> None:
    if _setting(admin, name, COMPRESSION) != UNCOMPRESSED:
        _change(admin, name, COMPRESSION, UNCOMPRESSED)
