"""The memory of a worker whose tasks fail again and again."""

import gc
from collections.abc import Iterator
from uuid import uuid4
from weakref import ref

import pytest
from celery import Celery, signals
from celery.app.trace import build_tracer

from libs.errors import Unavailable
from libs.tasks.garbage import free_what_postponed_tasks_leave
from libs.tasks.registering import register_task

SIGNALS = (signals.worker_ready, signals.task_retry)


class Frames:
    """Stands for what the frames of a failed task hold."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _restore_signals_and_collector() -> Iterator[None]:
    before = [list(signal.receivers) for signal in SIGNALS]
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()
    for signal, receivers in zip(SIGNALS, before, strict=True):
        signal.receivers[:] = receivers


def test_what_a_postponed_task_leaves_is_freed_when_the_next_one_is_postponed() -> None:
    left: list[ref[Frames]] = []

    def fail() -> None:
        frames = Frames()
        left.append(ref(frames))
        raise Unavailable("gone")

    app = Celery("tiny", broker="memory://", set_as_current=False)
    app.conf.task_ignore_result = True
    register_task(app, "fail", fail)
    app.finalize()
    free_what_postponed_tasks_leave()
    run = build_tracer("fail", app.tasks["fail"], app=app)

    for _ in range(2):
        run(str(uuid4()), [], {}, {"retries": 0, "is_eager": False})

    assert len(left) == 2
    assert left[0]() is None


def test_what_a_worker_imported_is_left_out_of_its_collections() -> None:
    free_what_postponed_tasks_leave()

    signals.worker_ready.send(sender=None)

    assert gc.get_freeze_count() > len(gc.get_objects())
