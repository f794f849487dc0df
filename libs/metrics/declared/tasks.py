"""Celery tasks, and the queues in Redis that hold them."""

from libs.metrics.declared.kinds import DELAY_S, CounterOf, GaugeOf, HistogramOf, Label

TASK = Label("task", about="a name of a task")

QUEUE = Label("queue", about="a queue of the system")

PLACE = Label(
    "place",
    ("waiting", "held"),
    about="waiting (no worker has taken it), held (a worker has: it runs, or its countdown does)",
)

TASKS = CounterOf(
    name="shipyard_tasks_total",
    unit="tasks",
    meaning="Tasks that ended in a worker, by their end.",
    labels=(
        TASK,
        Label(
            "outcome",
            ("done", "postponed", "skipped", "dropped", "failed"),
            about="done, postponed (will be retried), skipped (a periodic one, left to its next"
            " time), dropped (its arguments can never be right), failed (a bug)",
        ),
    ),
)

TASK_LATENESS = HistogramOf(
    name="shipyard_task_lateness_seconds",
    unit="seconds",
    meaning="Time from when a task was due (sent, or the end of its countdown) until it started.",
    labels=(TASK,),
    buckets=DELAY_S,
)

QUEUE_TASKS = GaugeOf(
    name="shipyard_queue_tasks",
    unit="tasks",
    meaning="Tasks in a queue; which queue a held one is from is a projection above 500 of them.",
    labels=(QUEUE, PLACE),
)

QUEUE_ITEMS = GaugeOf(
    name="shipyard_queue_items",
    unit="items",
    meaning="Ships or orders that these tasks carry, one for a task that names no number; if there"
    " are more than 500 tasks, a projection of the oldest 500.",
    labels=(QUEUE, PLACE),
)

QUEUE_OLDEST = GaugeOf(
    name="shipyard_queue_oldest_age_seconds",
    unit="seconds",
    meaning="Age of the oldest task: a waiting one since it was sent, a held one since a worker"
    " took it; 0 without one.",
    labels=(QUEUE, PLACE),
)

QUEUE_NEXT_DUE = GaugeOf(
    name="shipyard_queue_next_due_seconds",
    unit="seconds",
    meaning="Time until the next countdown of a task ends, negative when it has ended and the task"
    " still waits; absent without a countdown.",
    labels=(QUEUE,),
)

QUEUE_LOST = GaugeOf(
    name="shipyard_queue_lost_tasks",
    unit="tasks",
    meaning="Tasks in Redis that no worker holds and that are never delivered again.",
)

REDIS_EMPTIED = CounterOf(
    name="shipyard_redis_emptied_total",
    unit="times",
    meaning="Times that Redis had lost all its content since the look before.",
)

REDIS_SINCE = GaugeOf(
    name="shipyard_redis_filled_since_timestamp_seconds",
    unit="seconds",
    meaning="Time since which Redis has kept its content: a newer one means that it was emptied.",
)

REDIS_TAKES_WRITES = GaugeOf(
    name="shipyard_redis_takes_writes",
    unit="yes or no",
    meaning="1 if Redis accepted the write of the last look, else 0: it is full, a replica, or its"
    " disk is.",
)
