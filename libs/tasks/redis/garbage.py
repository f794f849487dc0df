"""What a postponed task leaves behind is freed soon: an outage costs no memory that stays."""

import gc
import time

from celery import signals

from libs.resilience.monotonic import MonotonicClock

AT_MOST_EVERY_S = 1.0
"""A collection looks at every waiting task as well, and a worker may hold thousands of them."""


def free_what_postponed_tasks_leave(monotonic: MonotonicClock = time.monotonic) -> None:
    """Collect garbage when a task is postponed, and make that cheap. Before the worker starts.

    SQLAlchemy leaves a cycle of frames behind each connection that fails, and with them Celery's
    own, which hold 0.2 MiB of copied tracebacks. Python by itself looks through old garbage only
    when there is a quarter as much as a worker's imports: 20 to 50 MiB in an outage of PostgreSQL.
    """
    collected_at_s = float("-inf")

    def collect(**_: object) -> None:
        nonlocal collected_at_s
        if monotonic() - collected_at_s >= AT_MOST_EVERY_S:
            gc.collect()
            collected_at_s = monotonic()

    signals.worker_ready.connect(_freeze_what_stays, weak=False)
    signals.task_retry.connect(collect, weak=False)


def _freeze_what_stays(**_: object) -> None:
    """Leave the imports, over 100,000 objects, out of every collection from now on."""
    gc.collect()
    gc.freeze()
