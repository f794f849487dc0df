"""A Celery application with the library's settings and a task that does nothing."""

import os

from celery import Celery

BROKER = "BENCH_BROKER_URL"
"""Contains a password, so it is not an argument."""

QUEUE = "nothing"

app = Celery("nothing", broker=os.environ.get(BROKER))
app.conf.update(
    task_default_queue=QUEUE,
    task_ignore_result=True,
    worker_enable_remote_control=False,
    worker_prefetch_multiplier=32,
)


@app.task(name="nothing")
def nothing() -> None:
    """Do nothing."""
