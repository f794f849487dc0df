"""Registers tasks by name, with one rule for tasks that fail."""

from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery, Task
from celery.exceptions import Reject

from libs.errors import InvalidInput, Unavailable
from libs.resilience.backoff import Backoff
from libs.tasks.measures import Ends

BACKOFF = Backoff(first_s=1, longest_s=4)

log = structlog.get_logger(__name__)


def register_task(app: Celery, name: str, run: Callable[..., None]) -> None:
    """Register run as the task of that name; it gets the task's keyword arguments.

    Unavailable: the task is retried after 1 s, 2 s, then every 4 s, without end; run must survive
    repeats. InvalidInput: logged and dropped. Anything else is a bug: Celery logs it and drops the
    task.
    """
    ends = Ends(name)

    @app.task(name=name, bind=True, max_retries=None, shared=False)
    def task(self: Task[Any, Any], /, **arguments: Any) -> None:
        try:
            run(**arguments)
        except InvalidInput as error:
            ends.count("dropped")
            log.error("task_dropped", reason=str(error))  # noqa: TRY400  # not a bug of ours
        except Unavailable as error:
            ends.count("postponed")
            _run_again(self, error, BACKOFF.after(self.request.retries + 1))
        except Exception:
            ends.count("failed")
            raise
        else:
            ends.count("done")


def register_periodic_task(app: Celery, name: str, run: Callable[[], object]) -> None:
    """Register run as a periodic task. Unavailable is logged and left to the next tick."""
    ends = Ends(name)

    @app.task(name=name, shared=False)
    def task() -> None:
        try:
            run()
        except Unavailable as error:
            ends.count("skipped")
            log.warning("periodic_task_skipped", reason=str(error))
        except Exception:
            ends.count("failed")
            raise
        else:
            ends.count("done")


def _run_again(task: Task[Any, Any], error: Unavailable, delay_s: float) -> None:
    log.warning("task_postponed", delay_s=delay_s, reason=str(error))
    try:
        raise task.retry(exc=error, countdown=delay_s, throw=False)
    except Reject as not_queued:
        # Celery would drop the task: have Redis redeliver its message.
        raise Reject(str(not_queued), requeue=True) from error
