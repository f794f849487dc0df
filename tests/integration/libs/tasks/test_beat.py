import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from celery import schedules as periods
from structlog.testing import capture_logs

from libs.tasks.app import create_celery
from libs.tasks.beat import Beat, QuietScheduler
from tests.support.eventually import eventually

PERIOD = timedelta(seconds=5)


class SetClock:
    """A wall clock for Celery that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class CountingScheduler(QuietScheduler):
    """Counts ticks instead of queueing them."""

    ticks = 0

    def apply_async(self, *_: object, **__: object) -> None:
        self.ticks += 1


def an_app(clock: Callable[[], datetime]) -> Celery:
    app = create_celery("test", "redis://127.0.0.1:1/0", queues=("test",))
    every = periods.schedule(PERIOD, nowfun=clock, app=app)
    app.conf.beat_schedule = {"test.tick": {"task": "test.tick", "schedule": every}}
    return app


def run_for(scheduler: CountingScheduler, clock: SetClock, seconds: float) -> int:
    """Tick for some seconds, with its own pauses; return how many tasks were queued."""
    before, until = scheduler.ticks, clock.now + timedelta(seconds=seconds)
    while clock.now <= until:
        clock.now += timedelta(seconds=max(0.01, min(scheduler.tick(), 1.0)))
    return scheduler.ticks - before


@pytest.mark.parametrize(
    ("change", "runs"), [(-timedelta(hours=1), {3, 4}), (timedelta(hours=1), {4, 5})]
)
def test_a_clock_that_is_set_neither_stops_a_periodic_task_nor_causes_extra_runs(
    change: timedelta, runs: set[int]
) -> None:
    clock = SetClock(datetime.fromisoformat("2026-01-01T12:00:00+00:00"))
    scheduler = CountingScheduler(an_app(clock))
    as_always = run_for(scheduler, clock, 20)

    clock.now += change

    assert as_always == 4
    assert run_for(scheduler, clock, 20) in runs


class MortalClock:
    """Ends the thread that reads it once it has stopped."""

    stopped = False

    def __call__(self) -> datetime:
        if self.stopped:
            raise SystemExit
        return datetime.now(UTC)


def test_a_beat_is_hung_when_its_last_tick_is_a_minute_ago() -> None:
    clock = MortalClock()
    beat = Beat(an_app(clock))
    assert not beat.stands_still(in_a_minute)

    beat.start()

    eventually(lambda: beat.stands_still(in_a_minute))
    assert not beat.stands_still()
    clock.stopped = True
    eventually(beat.has_ended)


def in_a_minute() -> float:
    return time.monotonic() + 61


def test_without_redis_a_tick_does_not_wait_for_it() -> None:
    clock = SetClock(datetime.fromisoformat("2026-01-01T12:00:00+00:00"))
    scheduler = QuietScheduler(an_app(clock))
    scheduler.tick()
    clock.now += PERIOD
    begun = time.monotonic()

    with capture_logs() as logs:
        scheduler.tick()

    assert [each["event"] for each in logs] == ["periodic_tasks_paused"]
    assert time.monotonic() - begun < 5
