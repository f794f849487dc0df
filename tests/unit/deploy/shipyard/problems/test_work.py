"""What the looks at events, tasks and deliveries say is wrong."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.shipyard.output import Row
from deploy.shipyard.problems.work import (
    paused,
    refused,
    undecided,
    unpublished,
    unread,
    untaken,
)
from deploy.shipyard.readings.dead_letters import Pending
from deploy.shipyard.readings.outbox import Unpublished
from deploy.shipyard.readings.ships import QueueSeen
from notification_service.model.delivery import DeliverySeen, DeliveryState
from notification_service.repository.overview import PAUSED
from order_service.model.outbox import Lane
from tests.unit.deploy.shipyard.problems.looked import looked
from tests.unit.order_service.builders import NOON


def waiting(lane: Lane, **changes: Any) -> Unpublished:
    row: dict[str, Any] = {
        "lane": lane,
        "topic": "order.paid",
        "events": 1,
        "oldest": NOON - timedelta(seconds=12),
        "oldest_age_s": 12.0,
        "redrives": 0,
        "oldest_order": UUID(int=1),
        "last_error": None,
    }
    return Unpublished(**{**row, **changes})


def queue(
    *, waiting: int = 0, oldest_s: float | None = None, overdue_s: float | None = None
) -> QueueSeen:
    return QueueSeen(
        queue="assembly",
        waiting=waiting,
        held=4,
        orders=waiting,
        next_due=None,
        overdue_s=overdue_s,
        held_longest_s=None,
        oldest_s=oldest_s,
    )


def group(*, lag: int, committed: int = 70, ago_s: float | None = 12.0) -> Row:
    return {
        "role": "notification-consumer",
        "group": "notifications",
        "topic": "order.paid",
        "lag": lag,
        "committed": committed,
        "ago_s": ago_s,
    }


def delivery(
    chat_id: int, *, waits_for: str | None = PAUSED, until: datetime | None = NOON
) -> DeliverySeen:
    return DeliverySeen(
        kind="paid",
        order_uuid=UUID(int=1),
        event_uuid=UUID(int=2),
        chat_id=chat_id,
        state=DeliveryState.NEW,
        attempts=0,
        put_offs=1,
        ambiguous=0,
        occurred_at=NOON,
        created_at=NOON,
        sent_at=None,
        message_id=None,
        last_error="too many messages: wait 20 s",
        waits_for=waits_for,
        until=until,
    )


def test_a_refused_event_is_named_with_its_reason_and_order_and_no_other() -> None:
    stuck = waiting(Lane.REFUSED, last_error="no such topic")

    [line] = refused([waiting(Lane.RECENT, events=20), stuck])

    assert line == f"outbox row refused: no such topic, since 12.0 s, order {UUID(int=1)}"


def test_events_that_nobody_publishes_are_named_once_they_stay() -> None:
    late, other = waiting(Lane.LATE), waiting(Lane.LATE, oldest_order=UUID(int=2))

    assert list(unpublished(looked([late], [other], [late]))) == []
    [line] = unpublished(looked([late], [late], [late]))

    assert line == "outbox: 1 events of order.paid wait, oldest 12.0 s, not refused"


def test_a_worker_that_takes_no_task_is_named_with_the_number_and_the_oldest() -> None:
    [line] = untaken([queue(waiting=17, oldest_s=12.0, overdue_s=9.0)])

    assert line == "assembly-worker takes nothing: 17 tasks wait, oldest 12.0 s"


def test_a_task_that_came_just_now_is_no_problem() -> None:
    assert list(untaken([queue(waiting=2, oldest_s=0.4), queue(overdue_s=1.0), queue()])) == []


def test_a_worker_that_holds_tasks_beyond_their_time_is_named() -> None:
    [line] = untaken([queue(overdue_s=8.0)])

    assert line == "assembly-worker is late: it holds 4 tasks, one is due since 8.0 s"


def test_a_consumer_that_is_behind_and_commits_nothing_is_named() -> None:
    [line] = unread(looked([group(lag=28)], [group(lag=29)], [group(lag=30)]))

    assert (
        line == "notification-consumer reads nothing of order.paid: lag 30, last commit 12.0 s ago"
    )


def test_a_consumer_that_commits_or_has_read_everything_is_fine() -> None:
    moving = [[group(lag=30, committed=70 + number)] for number in range(3)]

    assert list(unread(looked(*moving))) == []
    assert list(unread(looked([group(lag=0)], [group(lag=0)], [group(lag=0)]))) == []
    assert list(unread(looked([group(lag=0)], [group(lag=0)], [group(lag=1)]))) == []


def test_dead_letters_are_named_with_the_topic_and_the_newest() -> None:
    newest = NOON - timedelta(seconds=3)
    letters = Pending(service="assembly", topic="order.paid.dlq", number=12, newest=newest)

    [line] = undecided([letters], NOON)

    assert line == "dead letters: 12 in order.paid.dlq of assembly, newest 3.0 s ago"


def test_each_chat_that_is_paused_is_named_once_with_what_telegram_said() -> None:
    lines = list(paused([delivery(1), delivery(1), delivery(2), delivery(3, waits_for=None)]))

    assert [line.rpartition(" ")[2] for line in lines] == ["1", "2"]
    assert lines[0].startswith("telegram: too many messages: wait 20 s, until ")
