"""Reads consumer groups' progress and dead letters from Kafka, and waiting tasks from Redis."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError

from libs.contracts.queues import QUEUES
from libs.kafka.client.observing.offsets import committed_offsets, end_offsets
from libs.kafka.dead_letters.topic import DeadLetterTopic
from libs.tasks.errors import QueueUnavailable
from libs.tasks.redis.backlog import ANSWER_TIMEOUT_S, UNACKED, UNACKED_INDEX
from order_service.model.evidence import MalformedRecord, Progress, Tasks


def see_progress(
    connection: Mapping[str, Any], topics: Iterable[str], *, expected: Mapping[str, str]
) -> tuple[Progress, ...]:
    """Return the progress of every group that has ever committed in one of the topics.

    expected maps groups to topics; these groups are included even if they have committed nothing.
    Raises KafkaUnavailable, also when a topic does not exist.
    """
    # Committed offsets first: read after the ends, new commits could exceed them.
    committed = committed_offsets(connection)
    ends = end_offsets(connection, topics)
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


def see_dead_letters(
    connection: Mapping[str, Any], progress: Iterable[Progress]
) -> frozenset[MalformedRecord]:
    """Return the dead letters of these groups that were not replayed. Raises KafkaUnavailable."""
    reading = {(each.group, place.topic) for each in progress for place in each.ends}
    return frozenset(
        MalformedRecord(
            group=group,
            topic=dead_letter.about("source-topic"),
            partition=int(dead_letter.about("source-partition")),
            offset=int(dead_letter.about("source-offset")),
        )
        for group, topic in reading
        for dead_letter in DeadLetterTopic(connection, topic, group).read()
        if not dead_letter.replayed
    )


def see_queues(broker_url: str) -> dict[str, Tasks]:
    """Read the tasks that wait in each queue or are held by workers. Raises QueueUnavailable."""
    try:
        with Redis.from_url(
            broker_url, socket_timeout=ANSWER_TIMEOUT_S, socket_connect_timeout=ANSWER_TIMEOUT_S
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
        f"{UNACKED}, never redelivered": Tasks(max(0, held - indexed)),
    }


def _held(number: int, longest: Sequence[tuple[bytes, float]]) -> Tasks:
    if not longest:
        return Tasks(number)
    tag, since_s = longest[0]
    return Tasks(number, tag.decode(errors="replace"), datetime.fromtimestamp(since_s, UTC))


def _task_id(message: bytes | None) -> str:
    """Return the task's id, or a digest of a message that is no task: contents stay private."""
    if message is None:
        return ""
    try:
        return str(UUID(json.loads(message)["headers"]["id"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return sha256(message).hexdigest()[:16]
