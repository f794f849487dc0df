"""Problems of events, tasks and deliveries that do not get on."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from deploy.shipyard.output import Row, as_duration, as_moment
from deploy.shipyard.problems.looks import STEADY_S, Looks, lasted_s
from deploy.shipyard.readings.dead_letters import Pending
from deploy.shipyard.readings.outbox import Unpublished
from deploy.shipyard.readings.ships import QueueSeen
from notification_service.model.delivery import DeliverySeen
from notification_service.repository.overview import PAUSED
from order_service.model.outbox import Lane

TAKEN_WITHIN_S = 3.0
"""Seconds in which a worker takes a task; an idle one needs milliseconds."""

DONE_WITHIN_S = 5.0
"""Seconds after its time in which a worker does a task that it holds."""


def refused(outbox: Sequence[Unpublished]) -> Iterator[str]:
    """Name the events that Kafka refuses at every try; those behind them are not held up."""
    for each in outbox:
        if each.lane is Lane.REFUSED:
            row = "row" if each.events == 1 else f"has {each.events} rows"
            yield (
                f"outbox {row} refused: {each.last_error}, since {as_duration(each.oldest_age_s)},"
                f" order {each.oldest_order}"
            )


def unpublished(looks: Looks[Sequence[Unpublished]]) -> Iterator[str]:
    """Name that events wait which nobody publishes and Kafka did not refuse."""
    for each in looks[-1].answer:
        lasted = lasted_s(looks, partial(_is_oldest, each.oldest_order))
        if each.lane is Lane.LATE and lasted >= STEADY_S:
            age = as_duration(each.oldest_age_s)
            yield f"outbox: {each.events} events of {each.topic} wait, oldest {age}, not refused"


def untaken(queues: Sequence[QueueSeen]) -> Iterator[str]:
    """Name the workers that take no task, or do not do what they hold."""
    for each in queues:
        worker = f"{each.queue}-worker"
        if each.waiting and (each.oldest_s or 0) >= TAKEN_WITHIN_S:
            age = as_duration(each.oldest_s or 0)
            yield f"{worker} takes nothing: {each.waiting} tasks wait, oldest {age}"
        elif (each.overdue_s or 0) >= DONE_WITHIN_S:
            late = as_duration(each.overdue_s or 0)
            yield f"{worker} is late: it holds {each.held} tasks, one is due since {late}"


def unread(looks: Looks[Sequence[Row]]) -> Iterator[str]:
    """Name the groups that are behind and commit nothing."""
    for row in looks[-1].answer:
        lasted = lasted_s(looks, partial(_stands_still, row))
        if lasted >= STEADY_S:
            ago_s = lasted if row["ago_s"] is None else max(row["ago_s"], lasted)
            yield (
                f"{row['role']} reads nothing of {row['topic']}: lag {row['lag']},"
                f" last commit {as_duration(ago_s)} ago"
            )


def undecided(letters: Sequence[Pending], now: datetime) -> Iterator[str]:
    """Name the dead letters that wait for a decision."""
    for each in letters:
        age = as_duration(max((now - each.newest).total_seconds(), 0))
        yield f"dead letters: {each.number} in {each.topic} of {each.service}, newest {age} ago"


def paused(untold: Sequence[DeliverySeen]) -> Iterator[str]:
    """Name each chat that is paused, until when, and what Telegram said."""
    resting = [each for each in untold if each.waits_for == PAUSED and each.until]
    for chat_id in dict.fromkeys(each.chat_id for each in resting):
        of_chat = [each for each in resting if each.chat_id == chat_id]
        said = next((each.last_error for each in of_chat if each.last_error), "a pause")
        until = as_moment(max(each.until for each in of_chat if each.until))
        yield f"telegram: {said}, until {until} for chat {chat_id}"


def _is_oldest(order: object, waiting: Sequence[Unpublished]) -> bool:
    return any(each.lane is Lane.LATE and each.oldest_order == order for each in waiting)


def _stands_still(row: Row, rows: Sequence[Row]) -> bool:
    """Tell whether the group was behind already, at the same place."""
    place = ("group", "topic", "committed")
    return any(each["lag"] and all(each[n] == row[n] for n in place) for each in rows)
