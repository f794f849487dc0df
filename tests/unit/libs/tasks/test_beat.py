from datetime import datetime, timedelta

from celery import schedules as periods
from kombu import Connection

from libs.tasks.app import create_celery
from libs.tasks.beat import QuietScheduler

PERIOD = timedelta(seconds=5)


class SetClock:
    """A wall clock that is moved by hand, as Celery asks for it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class CountingScheduler(QuietScheduler):
    """Counts ticks instead of queueing them."""

    ticks = 0

    def apply_async(self, *_: object, **__: object) -> None:
        self.ticks += 1

    def _ensure_connected(self) -> Connection:
        return self.connection


def a_scheduler(clock: SetClock) -> CountingScheduler:
    app = create_celery("test", "redis://127.0.0.1:1/0", queues=("test",))
    every = periods.schedule(PERIOD, nowfun=clock, app=app)
    app.conf.beat_schedule = {"test.tick": {"task": "test.tick", "schedule": every}}
    return CountingScheduler(app)


def run_for(scheduler: CountingScheduler, clock: SetClock, seconds: float) -> int:
    """Sleep as long as it wants between two ticks; return how many were queued."""
    before, until = scheduler.ticks, clock.now + timedelta(seconds=seconds)
    while clock.now <= until:
        clock.now += timedelta(seconds=max(0.01, min(scheduler.tick(), 1.0)))
    return scheduler.ticks - before


def test_a_clock_that_is_set_back_by_an_hour_stops_no_periodic_task() -> None:
    clock = SetClock(datetime.fromisoformat("2026-01-01T12:00:00+00:00"))
    scheduler = a_scheduler(clock)
    as_always = run_for(scheduler, clock, 20)

    clock.now -= timedelta(hours=1)

    assert as_always == 4
    assert run_for(scheduler, clock, 20) in {3, 4}


def test_a_clock_that_is_set_on_makes_up_for_nothing() -> None:
    clock = SetClock(datetime.fromisoformat("2026-01-01T12:00:00+00:00"))
    scheduler = a_scheduler(clock)
    run_for(scheduler, clock, 20)

    clock.now += timedelta(hours=1)

    assert run_for(scheduler, clock, 20) in {4, 5}
