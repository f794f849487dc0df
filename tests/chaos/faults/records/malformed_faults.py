"""Malformed records from producers and strangers."""

from datetime import datetime
from uuid import UUID

from tests.chaos.faults.records.malformed import GROUPS, barter, malformed, malformed_writer
from tests.chaos.judging.evidence import Told
from tests.chaos.judging.measures.lateness import PAID_BETWEEN, Lateness, slower
from tests.chaos.judging.stores.database import rows_of
from tests.chaos.scenario import RunningSystem, nothing_held
from tests.support.bad_tasks import bad_messages

BASELINE_S = 15.0

ROUNDS = 3

BETWEEN_S = (1.2, 2.1)
"""One record per twenty orders in each topic, at six orders a second."""

BUILT_AND_TOLD_S = 15.0

TASKS = {
    "order": "orders.mark_assembled",
    "assembly": "assembly.publish_ship_assembled",
    "notification": "notification.send_pending",
}
"""Queue to a task that its worker has registered."""


def mix_malformed(system: RunningSystem) -> int:
    """Write one malformed record per twenty orders into each topic and into Redis."""
    began_at = _now(system)
    system.go_on_for(BASELINE_S)
    malformed_at = _now(system)
    strangers = _push_tasks(system)
    records = _write_records(system)
    ended_at = _now(system)
    system.go_on_for(BUILT_AND_TOLD_S)
    system.complaints.extend(
        slower(_lateness(system, began_at, malformed_at), _lateness(system, malformed_at, ended_at))
    )
    return records + strangers


def _write_records(system: RunningSystem) -> int:
    foreign = UUID(int=system.random.getrandbits(128), version=4)
    with malformed_writer(system) as strangers:
        strangers.write_foreign(barter(foreign))
        for topic in GROUPS:
            strangers.write_too_large(topic)
            strangers.write_largest(topic)
        records = ROUNDS * [(topic, *pair) for topic in GROUPS for pair in malformed(topic)]
        for topic, key, value in system.random.sample(records, len(records)):
            strangers.write(topic, key, value)
            system.go_on_for(system.random.uniform(*BETWEEN_S))
    if not system.telegram.told()[Told("paid", foreign)]:
        system.complaints.append("an unknown payment method was not in the chat")
    return len(system.malformed)


def _push_tasks(system: RunningSystem) -> int:
    pushed = 0
    with system.redis() as redis:
        for queue, task in TASKS.items():
            messages = bad_messages(queue, task).values()
            redis.lpush(queue, *messages)
            pushed += len(messages)
    return pushed


def _now(system: RunningSystem) -> datetime:
    [(now,)] = rows_of(system, "order", "SELECT now()")
    assert isinstance(now, datetime)
    return now


def _lateness(system: RunningSystem, since: datetime, until: datetime) -> Lateness:
    rows = rows_of(system, "order", PAID_BETWEEN, since, until)
    return Lateness(of_orders_s=[late_s for (late_s,) in rows])


MALFORMED_SCENARIOS = (
    nothing_held("malformed", "one malformed record per twenty orders", mix_malformed),
)
