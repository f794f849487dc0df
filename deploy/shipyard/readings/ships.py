"""Finds ships among the tasks that wait in Redis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assembly_service.converter.tasks import QUEUE as ASSEMBLY
from assembly_service.converter.tasks import MalformedShips, ships_from_task
from assembly_service.model.ship import Ship
from libs.contracts.queues import QUEUES
from libs.tasks.redis.waiting import Backlog, WaitingTask, read_backlog
from order_service.converter.tasks import MARK_ASSEMBLED_TASK, MalformedEvents
from order_service.converter.tasks import ships_from_task as assembled_from_task


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSeen:
    """What waits for one service's workers; a worker holds a task until it is due and done."""

    queue: str
    waiting: int
    held: int
    orders: int
    """Ships to build, or orders to mark; other tasks hold none."""
    next_due: datetime | None
    overdue_s: float | None
    """Age of the task that is due for longest, if one is."""
    held_longest_s: float | None
    oldest_s: float | None
    """Age of the oldest task that no worker holds."""


def queues_of(backlog: Backlog) -> list[QueueSeen]:
    return [_seen(queue, backlog) for queue in backlog.lengths]


def task_of_order(backlog: Backlog, order_uuid: UUID) -> WaitingTask | None:
    """Return the task that holds the order's ship, to be built or to be marked."""
    return next((task for task in backlog.tasks if order_uuid in orders_in(task)), None)


def see_backlog(broker_url: str) -> Backlog:
    return read_backlog(broker_url, QUEUES)


def orders_in(task: WaitingTask) -> Sequence[UUID]:
    """Return the orders of a task of ships; other tasks and malformed ones have none."""
    try:
        if task.queue == ASSEMBLY:
            return [ship.order_uuid for ship in _ships(task)]
        if task.name == MARK_ASSEMBLED_TASK:
            return list(assembled_from_task(**task.arguments))
    except (MalformedShips, MalformedEvents, TypeError):
        return []
    return []


def _ships(task: WaitingTask) -> list[Ship]:
    return ships_from_task(**task.arguments)


def _seen(queue: str, backlog: Backlog) -> QueueSeen:
    tasks = [task for task in backlog.tasks if task.queue == queue]
    held = [task.held_since for task in tasks if task.held_since is not None]
    due = [task.due for task in tasks if task.due is not None]
    sent = [task.sent_at for task in tasks if not task.held_since and task.sent_at is not None]
    late_s = [(backlog.now - each).total_seconds() for each in due if each <= backlog.now]
    return QueueSeen(
        queue=queue,
        waiting=backlog.lengths[queue],
        held=len(held),
        orders=sum(len(orders_in(task)) for task in tasks),
        next_due=min((each for each in due if each > backlog.now), default=None),
        overdue_s=max(late_s, default=None),
        held_longest_s=max(((backlog.now - each).total_seconds() for each in held), default=None),
        oldest_s=max(((backlog.now - each).total_seconds() for each in sent), default=None),
    )
