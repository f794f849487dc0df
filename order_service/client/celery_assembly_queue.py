"""Hands assembled ships to this service's Celery workers."""

from collections.abc import Sequence

from libs.tasks.enqueue import TaskCall, TaskQueue
from order_service.converter.tasks import MARK_ASSEMBLED_TASK, QUEUE, events_to_task
from order_service.model.events import ShipAssembled
from order_service.service.background.ports import AssemblyQueue


class CeleryAssemblyQueue(AssemblyQueue):
    def __init__(self, queue: TaskQueue) -> None:
        self._queue = queue

    def mark_later(self, events: Sequence[ShipAssembled]) -> None:
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
