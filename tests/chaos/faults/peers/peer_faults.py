"""Faults by peers: producers, payment, Telegram, and an operator who replays."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial

from kafka import KafkaAdminClient, KafkaProducer
from kafka import TopicPartition as KafkaTopicPartition
from kafka.errors import NoError
from kafka.structs import OffsetAndMetadata

from libs.clock import utc_now
from libs.kafka.types import TopicPartition
from order_service.model.evidence import Progress
from tests.chaos.faults.engines.topic_faults import progress_of, wait_for_progress
from tests.chaos.faults.peers.payment_faults import PAYMENT_SCENARIOS
from tests.chaos.faults.peers.telegram_faults import TELEGRAM_SCENARIOS
from tests.chaos.faults.records.malformed import GROUPS
from tests.chaos.faults.records.malformed_faults import MALFORMED_SCENARIOS
from tests.chaos.faults.records.malformed_limit_faults import MALFORMED_LIMIT_SCENARIOS
from tests.chaos.faults.role_faults import CONSUMERS
from tests.chaos.judging.stores.database import rows_of
from tests.chaos.scenario import RunningSystem, nothing_held
from tests.support.eventually import eventually

HISTORY_S = 15.0
"""Number of orders to replay."""

MEMBERS_LEAVE_WITHIN_S = 60.0
READ_AGAIN_WITHIN_S = 60.0

WEEK = timedelta(days=7)

PUBLISHED = "SELECT topic, key, payload FROM outbox WHERE published_at IS NOT NULL"

HISTORY = {
    "order": """
        SELECT order_uuid, status, claim_id, payment_method, transaction_uuid, paid_at,
            assembled_at, build_time_s, updated_at
        FROM orders WHERE status = 'ASSEMBLED'
    """,
    "notification": """
        SELECT event_uuid, chat_id, state, attempts, ambiguous, sent_at, message_id
        FROM deliveries WHERE state = 'SENT'
    """,
}


def replay_topics(system: RunningSystem) -> int:
    """Write every OrderPaid again as a week old, then let every group read from offset 0."""
    system.go_on_for(HISTORY_S)
    before = _history(system)
    rewritten = _write_again(system, written_at=utc_now() - WEEK)
    system.go_on_for(HISTORY_S)
    for name in CONSUMERS:
        system.roles.stop(name)
    with closing(KafkaAdminClient(bootstrap_servers=system.brokers)) as admin:
        for topic, groups in GROUPS.items():
            (described,) = admin.describe_topics([topic])
            partitions = [
                KafkaTopicPartition(topic, n) for n in range(len(described["partitions"]))
            ]
            for group in groups:
                _rewind(admin, group, partitions)
    ends = {place: end for each in progress_of(system) for place, end in each.ends.items()}
    for name in CONSUMERS:
        system.roles.start(name)
    wait_for_progress(system, partial(_have_read, ends), within_s=READ_AGAIN_WITHIN_S)
    if changed := before - _history(system):
        system.complaints.append(f"{len(changed)} orders and messages have changed")
    return rewritten + sum(map(len, GROUPS.values()))


def _have_read(ends: Mapping[TopicPartition, int], progress: Sequence[Progress]) -> bool:
    return all(
        each.committed.get(place, 0) >= ends[place] for each in progress for place in each.ends
    )


def _rewind(admin: KafkaAdminClient, group: str, partitions: Sequence[KafkaTopicPartition]) -> None:
    """Reset the group to offset 0. Kafka refuses while the group has a member."""
    beginning = dict.fromkeys(partitions, OffsetAndMetadata(0, "", -1))

    def is_rewound() -> bool:
        return set(admin.alter_group_offsets(group, beginning).values()) == {NoError}

    eventually(is_rewound, within_s=MEMBERS_LEAVE_WITHIN_S)


def _history(system: RunningSystem) -> set[object]:
    """Return the rows of assembled orders and of their deliveries."""
    rows: set[object] = set()
    for database, statement in HISTORY.items():
        rows.update(rows_of(system, database, statement))
    if not rows:
        system.complaints.append("there was nothing to replay yet")
    return rows


def _write_again(system: RunningSystem, *, written_at: datetime) -> int:
    events = rows_of(system, "order", PUBLISHED)
    timestamp_ms = int(written_at.timestamp() * 1000)
    with closing(KafkaProducer(bootstrap_servers=system.brokers, acks="all")) as producer:
        sent = [
            producer.send(topic, key=key.encode(), value=bytes(value), timestamp_ms=timestamp_ms)
            for topic, key, value in events
        ]
        for each in sent:
            each.get(10)
    return len(sent)


PEER_SCENARIOS = (
    nothing_held(
        "replay",
        "every OrderPaid is written again a week old, every group reads from offset 0",
        replay_topics,
    ),
    *MALFORMED_SCENARIOS,
    *MALFORMED_LIMIT_SCENARIOS,
    *PAYMENT_SCENARIOS,
    *TELEGRAM_SCENARIOS,
)
