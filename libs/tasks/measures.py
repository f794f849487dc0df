"""Measures tasks: how late they start, and how they end."""

from datetime import datetime
from typing import Any, Literal

from celery import Task

from libs.metrics.declared.tasks import TASK_LATENESS, TASKS
from libs.metrics.instruments import counters, histograms
from libs.tasks.timed import SENT_AT, TimedCelery

Outcome = Literal["done", "postponed", "skipped", "dropped", "failed"]

_ends = counters(TASKS)

_lateness_s = histograms(TASK_LATENESS)


def task_ended(name: str, outcome: Outcome) -> None:
    _ends[name, outcome].inc()


def task_started(task: Task[Any, Any]) -> None:
    """Measure the time since the task was due: the end of its countdown, or when it was sent.

    A task that an older publisher sent without a countdown does not say when.
    """
    due: Any = task.request.eta or getattr(task.request, SENT_AT, None)
    app = task.app
    if due and isinstance(app, TimedCelery):
        late_s = (app.now() - datetime.fromisoformat(due)).total_seconds()
        _lateness_s[(task.name,)].observe(max(0.0, late_s))
