"""How far the groups have come in Kafka, what they put away, and what waits in Redis."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from redis import Redis
from redis.exceptions import RedisError

from libs.kafka.client.connection import open_client
from libs.kafka.client.consumer import CONSUMER_SETTINGS
from libs.kafka.client.readiness import TopicMissing
from libs.kafka.client.topics import ADMIN_SETTINGS
from libs.kafka.dead_letters.topic import LetterBox
from libs.kafka.errors import KafkaUnavailable
from libs.tasks.enqueue import QueueUnavailable
from libs.tasks.redis.backlog import ANSWERS_WITHIN_S, UNACKED_INDEX
from order_service.model.evidence import Place, Poison, Progress, Tasks

QUEUES = ("order", "assembly", "notification")

UNACKED = "unacked"
"""The tasks that workers hold, as the transport keeps them."""

ANSWERS_WITHIN_MS = 10_000


def see_progress(
    connection: Mapping[str, Any], topics: Iterable[str], *, expected: Mapping[str, str]
) -> tuple[Progress, ...]:
    """Return the progress of every group that has ever committed in one of the topics.

    A group that is expected, given with its topic, is there even if it has committed nothing.
    Raises KafkaUnavailable, also when a topic is not there.
    """
    try:
        # First, or what was committed meanwhile would look like records that nobody has read.
        committed = _committed(connection)
        ends = _ends(connection, topics)
    except KafkaError as error:
        raise KafkaUnavailable(str(error)) from error
    reading = {
        (group, place.topic) for group, places in committed.items() for place in places
    } | set(expected.items())
    return tuple(
        Progress(
            group=group,
            committed=committed.get(group, {}),
            ends={place: end for place, end in ends.items() if place.topic == topic},
        )
        for group, topic in sorted(reading)
        if topic in {place.topic for place in ends}
    )


def see_letters(connection: Mapping[str, Any], progress: Iterable[Progress]) -> frozenset[Poison]:
    """Return the dead letters of these groups that were not replayed. Raises KafkaUnavailable."""
    reading = {(each.group, place.topic) for each in progress for place in each.ends}
    return frozenset(
        Poison(
            group=group,
            topic=letter.about("source-topic"),
            partition=int(letter.about("source-partition")),
            offset=int(letter.about("source-offset")),
        )
        for group, topic in reading
        for letter in LetterBox(connection, topic, group).letters()
        if not letter.replayed
    )


def see_queues(broker_url: str) -> dict[str, Tasks]:
    """See the tasks that wait in each queue and that workers hold. Raises QueueUnavailable."""
    try:
        with Redis.from_url(
            broker_url, socket_timeout=ANSWERS_WITHIN_S, socket_connect_timeout=ANSWERS_WITHIN_S
        ) as redis:
            pipeline = redis.pipeline(transaction=True)
            for queue in QUEUES:
                pipeline.llen(queue).lindex(queue, -1)
            pipeline.hlen(UNACKED).zcard(UNACKED_INDEX)
            pipeline.zrange(UNACKED_INDEX, 0, 0, withscores=True)
            *waiting, held, indexed, longest = pipeline.execute()
    except (RedisError, OSError) as error:
        raise QueueUnavailable(f"redis: {error}") from error
    return {
        **{
            queue: Tasks(number, _task_id(oldest))
            for queue, number, oldest in zip(QUEUES, waiting[::2], waiting[1::2], strict=True)
        },
        UNACKED: _held(min(held, indexed), longest),
        f"{UNACKED}, which no worker gives back": Tasks(max(0, held - indexed)),
    }


def _held(number: int, longest: Sequence[tuple[bytes, float]]) -> Tasks:
    if not longest:
        return Tasks(number)
    tag, since_s = longest[0]
    return Tasks(number, tag.decode(errors="replace"), datetime.fromtimestamp(since_s, UTC))


def _task_id(message: bytes | None) -> str:
    """Return the id of the task, or a digest of what is none: its content is nobody's business."""
    if message is None:
        return ""
    try:
        return str(UUID(json.loads(message)["headers"]["id"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return sha256(message).hexdigest()[:16]


def _ends(connection: Mapping[str, Any], topics: Iterable[str]) -> dict[Place, int]:
    options = {**CONSUMER_SETTINGS, **connection, "group_id": None}
    with closing(open_client(KafkaConsumer, options)) as consumer:
        partitions = [
            TopicPartition(topic, partition)
            for topic in topics
            for partition in _partitions(consumer, topic)
        ]
        found = consumer.end_offsets(partitions, timeout_ms=ANSWERS_WITHIN_MS)
        return {Place(each.topic, each.partition): end for each, end in found.items()}


def _partitions(consumer: KafkaConsumer, topic: str) -> Collection[int]:
    partitions: Collection[int] | None = consumer.partitions_for_topic(topic)
    if not partitions:
        raise TopicMissing(topic)
    return partitions


def _committed(connection: Mapping[str, Any]) -> dict[str, dict[Place, int]]:
    with closing(open_client(KafkaAdminClient, {**ADMIN_SETTINGS, **connection})) as admin:
        groups = [group["group_id"] for group in admin.list_groups()]
        found = admin.list_group_offsets(groups) if groups else {}
        return {
            group: {Place(each.topic, each.partition): at.offset for each, at in offsets.items()}
            for group, offsets in found.items()
        }
