"""The memory of a worker whose tasks fail repeatedly."""

import gc
from collections.abc import Iterator
from itertools import count
from uuid import uuid4
from weakref import ref

import pytest
from celery import Celery, signals
from celery.app.trace import build_tracer

from libs.errors import Unavailable
from libs.tasks.redis.garbage import free_what_postponed_tasks_leave
from libs.tasks.registering import register_task

SIGNALS = (signals.worker_ready, signals.task_retry)


class Frames:
    """Stands for the objects in the frames of a failed task."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _restore_signals_and_collector() -> Iterator[None]:
    before = [list(signal.receivers) for signal in SIGNALS]
    gc.unfreeze()
    gc.disable()
    yield
    gc.enable()
    gc.freeze()
    for signal, receivers in zip(SIGNALS, before, strict=True):
        signal.receivers[:] = receivers


class Postponed:
    """A task that every run postpones; left holds what each run left behind."""

    def __init__(self) -> None:
        app = Celery("tiny", broker="memory://", set_as_current=False)
        app.conf.task_ignore_result = True
        register_task(app, "fail", self._fail)
        self._run = build_tracer("fail", app.tasks["fail"], app=app)
        self.left: list[ref[Frames]] = []

    def run(self) -> None:
        self._run(str(uuid4()), [], {}, {"retries": 0, "is_eager": False})

    def _fail(self) -> None:
        frames = Frames()
        self.left.append(ref(frames))
        raise Unavailable("gone")


@pytest.mark.parametrize(
    ("passes_s", "freed"),
    [(1, [True, False]), (0, [False, False])],
    ids=["a second later", "at the same time"],
)
def test_the_garbage_of_a_postponed_task_is_freed_by_the_next_one_a_second_later(
    passes_s: int, freed: list[bool]
) -> None:
    seconds = count(step=passes_s)
    free_what_postponed_tasks_leave(lambda: next(seconds))
    task = Postponed()

    task.run()
    task.run()

    assert [frames() is None for frames in task.left] == freed


def test_imported_modules_are_excluded_from_garbage_collections() -> None:
    free_what_postponed_tasks_leave()

    signals.worker_ready.send(sender=None)

    assert gc.get_freeze_count() > len(gc.get_objects())
