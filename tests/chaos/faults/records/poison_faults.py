"""What producers and strangers write that nobody can handle."""

from datetime import datetime
from uuid import UUID

from tests.chaos.faults.records.poison import GROUPS, barter, malformed, poisoner
from tests.chaos.judging.database import rows_of
from tests.chaos.judging.evidence import Told
from tests.chaos.judging.lateness import PAID_BETWEEN, Lateness, slower
from tests.chaos.scenario import NOTHING_HELD_S, Scenario, Stage
from tests.support.bad_tasks import bad_messages

BASELINE_S = 15.0

ROUNDS = 3

BETWEEN_S = (1.2, 2.1)
"""At six orders a second one record for twenty orders in each topic."""

BUILT_AND_TOLD_S = 15.0

TASKS = {
    "order": "orders.mark_assembled",
    "assembly": "assembly.publish_ship_assembled",
    "notification": "notification.send_pending",
}
"""A task that each queue's worker knows."""


def mix_poison(stage: Stage) -> int:
    """Write a malformed record for every twenty orders into each topic, and into Redis as well."""
    began_at = _now(stage)
    stage.go_on_for(BASELINE_S)
    poisoned_at = _now(stage)
    strangers = _push_tasks(stage)
    records = _write_records(stage)
    ended_at = _now(stage)
    stage.go_on_for(BUILT_AND_TOLD_S)
    stage.complaints.extend(
        slower(_lateness(stage, began_at, poisoned_at), _lateness(stage, poisoned_at, ended_at))
    )
    return records + strangers


def _write_records(stage: Stage) -> int:
    foreign = UUID(int=stage.random.getrandbits(128), version=4)
    with poisoner(stage) as strangers:
        strangers.write_foreign(barter(foreign))
        for topic in GROUPS:
            strangers.write_too_large(topic)
            strangers.write_largest(topic)
        records = ROUNDS * [(topic, *pair) for topic in GROUPS for pair in malformed(topic)]
        for topic, key, value in stage.random.sample(records, len(records)):
            strangers.write(topic, key, value)
            stage.go_on_for(stage.random.uniform(*BETWEEN_S))
    if not stage.telegram.told()[Told("paid", foreign)]:
        stage.complaints.append("an unknown payment method was not told of")
    return len(stage.poison)


def _push_tasks(stage: Stage) -> int:
    pushed = 0
    with stage.redis() as redis:
        for queue, task in TASKS.items():
            messages = bad_messages(queue, task).values()
            redis.lpush(queue, *messages)
            pushed += len(messages)
    return pushed


def _now(stage: Stage) -> datetime:
    [(now,)] = rows_of(stage, "order", "SELECT now()")
    assert isinstance(now, datetime)
    return now


def _lateness(stage: Stage, since: datetime, until: datetime) -> Lateness:
    rows = rows_of(stage, "order", PAID_BETWEEN, since, until)
    return Lateness(of_orders_s=[late_s for (late_s,) in rows])


POISON_SCENARIOS = (
    Scenario(
        name="poison",
        about="one malformed record for twenty orders",
        fault=mix_poison,
        builds_within_s=NOTHING_HELD_S,
    ),
)
