"""Measures tasks: how late they start, and how they end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from celery import Task

from libs.metrics.declared.tasks import TASK_LATENESS, TASKS
from libs.metrics.instruments import counter, histograms
from libs.tasks.redis.waiting import SENT_AT
from libs.tasks.timed import TimedCelery

Outcome = Literal["done", "postponed", "skipped", "dropped", "failed"]

OUTCOMES: Sequence[Outcome] = get_args(Outcome)

_lateness_s = histograms(TASK_LATENESS)


class Ends:
    """The ends of one task, each counted from its registration on."""

    def __init__(self, task: str) -> None:
        self._ends = {outcome: counter(TASKS, task, outcome) for outcome in OUTCOMES}

    def count(self, outcome: Outcome) -> None:
        self._ends[outcome].inc()


def task_started(task: Task[Any, Any]) -> None:
    """Measure the time since the task was due: the end of its countdown, or when it was sent.

    A task that an older publisher sent without a countdown does not say when.
    """
    due: Any = task.request.eta or getattr(task.request, SENT_AT, None)
    app = task.app
    if due and isinstance(app, TimedCelery):
        late_s = (app.now() - datetime.fromisoformat(due)).total_seconds()
        _lateness_s[(task.name,)].observe(max(0.0, late_s))
