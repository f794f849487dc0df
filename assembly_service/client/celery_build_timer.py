"""Countdowns as Celery tasks: one task per bucket, one round trip per batch."""

from collections.abc import Sequence

from assembly_service.converter.tasks import PUBLISH_SHIPS_TASK, QUEUE, ships_to_task
from assembly_service.model.bucket import Bucket
from assembly_service.service.ports import BuildTimer
from libs.tasks.enqueue import TaskCall, TaskQueue


class CeleryBuildTimer(BuildTimer):
    def __init__(self, queue: TaskQueue) -> None:
        self._queue = queue

    def publish_later(self, buckets: Sequence[Bucket]) -> None:
        self._queue.enqueue(
            [
                TaskCall(
                    name=PUBLISH_SHIPS_TASK,
                    queue=QUEUE,
                    kwargs=ships_to_task(bucket.ships),
                    countdown_s=bucket.countdown_s,
                    summary=f"{len(bucket.ships)} ships",
                )
                for bucket in buckets
            ]
        )
