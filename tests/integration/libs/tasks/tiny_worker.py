"""A worker process whose tasks write to a file."""

import os
import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event

import structlog
from celery import Celery
from celery import schedules as periods

from libs.errors import InvalidInput, Unavailable
from libs.health.heartbeat import Heartbeat
from libs.logging.setup import configure_logging
from libs.tasks.app import create_celery, schedule
from libs.tasks.redis.clock import RedisClock, redis_time
from libs.tasks.registering import register_periodic_task, register_task
from libs.tasks.worker import run_worker

QUEUE = "assembly"
"""One that the users of the containers' Redis may use."""


class Clockless(periods.schedule):
    """Ends the thread that reads it."""

    def now(self) -> datetime:
        raise RuntimeError("no clock")


def a_clock(url: str, *, ahead_s: float) -> RedisClock:
    """Return the clock of a Redis whose machine is ahead of this one."""
    ask = redis_time(url)
    return RedisClock(lambda: ask() + timedelta(seconds=ahead_s))


def let_it_tick(app: Celery, how: str | None) -> None:
    match how:
        case "regularly":
            schedule(app, {"tiny.tick": timedelta(seconds=1)})
        case "without a clock":
            app.conf.beat_schedule = {"tiny.tick": {"task": "tiny.tick", "schedule": Clockless(1)}}


CONCURRENCY = 4


def main() -> None:
    configure_logging("info", as_json=True)
    trace = Path(os.environ["TRACE"])
    url = os.environ["CELERY_BROKER_URL"]
    app = create_celery("tiny", url, queues=(QUEUE,))
    app.redis_clock = a_clock(url, ahead_s=float(os.environ.get("REDIS_AHEAD_S", "0")))
    register_all(app, trace)
    let_it_tick(app, os.environ.get("TICKING"))
    heartbeat = Heartbeat(Path(os.environ["STATE_DIR"]), "tiny", "w")
    run_worker(app, concurrency=CONCURRENCY, heartbeat=heartbeat)


def register_all(app: Celery, trace: Path) -> None:
    note = partial(note_in, trace)

    def block(seconds: float) -> None:
        note("blocked")
        Event().wait(seconds)

    def wait_for_file(path: str) -> None:
        note("looked")
        if not Path(path).exists():
            raise Unavailable("no file")
        note("found")

    def pass_gate(gate: str) -> None:
        note("at the gate")
        Path(gate).read_text(encoding="utf-8")
        note("past the gate")

    def fail_after_gate(gate: str) -> None:
        pass_gate(gate)
        raise Unavailable("failed behind the gate")

    register_task(app, "tiny.note", note)
    register_task(app, "tiny.block", block)
    register_task(app, "tiny.wait_for_file", wait_for_file)
    register_task(app, "tiny.pass_gate", pass_gate)
    register_task(app, "tiny.fail_after_gate", fail_after_gate)
    register_task(app, "tiny.refuse", refuse)
    register_periodic_task(app, "tiny.tick", lambda: note("tick"))


def note_in(trace: Path, text: str) -> None:
    with trace.open("a", encoding="utf-8") as file:
        file.write(f"{time.time():.3f} {text}\n")
    structlog.get_logger(__name__).info("noted", text=text)


def refuse() -> None:
    raise InvalidInput("never right")


if __name__ == "__main__":
    main()
