"""Ships among the tasks in Redis."""

from datetime import timedelta
from uuid import UUID

from assembly_service.converter.tasks import PUBLISH_SHIPS_TASK, ships_to_task
from assembly_service.model.ship import Ship
from deploy.shipyard.readings.ships import orders_in, queues_of, task_of_order
from libs.tasks.redis.waiting import Backlog, WaitingTask
from tests.unit.deploy.shipyard.messages import a_message
from tests.unit.order_service.builders import NOON, ORDER


def a_task(
    *orders: UUID, due_in_s: float = 5.0, held: bool = True, age_s: float = 6.0
) -> WaitingTask:
    ships = [
        Ship(paid_event_uuid=each, order_uuid=each, user_uuid=each, build_time_s=5)
        for each in orders
    ]
    return WaitingTask(
        queue="assembly",
        message=a_message(
            PUBLISH_SHIPS_TASK,
            ships_to_task(ships),
            eta=NOON + timedelta(seconds=due_in_s),
            sent_at=NOON - timedelta(seconds=age_s),
        ),
        held_since=NOON - timedelta(seconds=2) if held else None,
    )


def a_backlog(*tasks: WaitingTask) -> Backlog:
    waiting = sum(task.held_since is None for task in tasks)
    return Backlog(
        tasks=tasks,
        lengths={"order": 0, "assembly": waiting},
        held=len(tasks) - waiting,
        lost=0,
        now=NOON,
    )


def test_ships_are_counted_wherever_their_tasks_are() -> None:
    late = a_task(UUID(int=2), due_in_s=-3.0, held=False)
    backlog = a_backlog(a_task(ORDER, UUID(int=1)), late)

    order, assembly = queues_of(backlog)

    assert (order.orders, order.next_due, order.overdue_s) == (0, None, None)
    assert (assembly.waiting, assembly.held, assembly.orders) == (1, 1, 3)
    assert assembly.next_due == NOON + timedelta(seconds=5)
    assert (assembly.overdue_s, assembly.held_longest_s) == (3.0, 2.0)


def test_the_oldest_task_is_one_that_no_worker_holds() -> None:
    held, waiting = a_task(ORDER, age_s=60), a_task(UUID(int=1), held=False, age_s=7)

    assert [each.oldest_s for each in queues_of(a_backlog(held, waiting))] == [None, 7.0]
    assert [each.oldest_s for each in queues_of(a_backlog(held))] == [None, None]


def test_the_task_of_an_order_is_found() -> None:
    other, mine = a_task(UUID(int=1)), a_task(UUID(int=2), ORDER)

    assert task_of_order(a_backlog(other, mine), ORDER) is mine
    assert task_of_order(a_backlog(other), ORDER) is None


def test_a_task_that_is_none_of_ours_holds_no_order() -> None:
    strange = WaitingTask(queue="assembly", message=a_message("any.task", {"ships": 5}))

    assert orders_in(strange) == []
