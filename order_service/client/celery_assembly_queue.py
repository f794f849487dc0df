"""Hands assembled ships to this service's Celery workers."""

from collections.abc import Sequence

from libs.tasks.enqueue import TaskCall, TaskQueue
from order_service.converter.tasks import MARK_ASSEMBLED_TASK, QUEUE, events_to_task
from order_service.model.events import ShipAssembled


class CeleryAssemblyQueue:
    def __init__(self, queue: TaskQueue) -> None:
        self._queue = queue

    def mark_later(self, events: Sequence[ShipAssembled]) -> None:
        """Queue one task that marks the orders of the whole batch ASSEMBLED.

        Returns once Redis has acknowledged it. Raises Unavailable; a repeat is harmless.
        """
        self._queue.enqueue(
            [
                TaskCall(
                    name=MARK_ASSEMBLED_TASK,
                    queue=QUEUE,
                    kwargs=events_to_task(events),
                    summary=f"{len(events)} orders",
                )
            ]
        )
