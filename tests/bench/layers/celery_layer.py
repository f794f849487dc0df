"""Celery alone: publishing, and a task that does nothing."""

import time

import psutil
import redis
from celery import Celery

from tests.bench.beside import cpu_s, process
from tests.bench.layers.nothing import BROKER, QUEUE
from tests.bench.load.orders import per_piece_ms
from tests.bench.results import Line
from tests.bench.stack.system import System
from tests.bench.statistics import difference
from tests.bench.waiting import wait_until

DATABASE = 9
"""Of Redis; the services use another one."""

UNACKED = "unacked"
"""The transport's hash of tasks that a worker holds."""

REDIS, CLIENT, WORKER = "redis", "publisher", "worker"

WITHIN_S = 60.0

ARGUMENTS = (
    *("-m", "celery", "-A", "tests.bench.layers.nothing", "worker"),
    *("--pool", "threads", "--concurrency", "4"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"),
)


def publish_and_work(system: System, tasks: int) -> list[Line]:
    """Publish tasks to an empty queue, then start on them with a worker that is warm."""
    url = system.redis_url(DATABASE)
    with redis.Redis.from_url(url) as store, Celery("bench", broker=url) as app:
        app.conf.update(task_default_queue=QUEUE, task_ignore_result=True)
        with process(ARGUMENTS, {BROKER: url}) as worker:
            app.send_task("nothing")
            wait_until(lambda: _is_done(store), "a first task", within_s=WITHIN_S)
            worker.suspend()
            try:
                return [
                    _publish(system, app, tasks),
                    _work(system, store, worker, tasks),
                ]
            finally:
                worker.resume()


def _publish(system: System, app: Celery, tasks: int) -> Line:
    before, own, begun = system.processes.cpu_s(), time.process_time(), time.monotonic()
    for _ in range(tasks):
        app.send_task("nothing")
    elapsed_s, own = time.monotonic() - begun, time.process_time() - own
    used = difference(system.processes.cpu_s(), before)
    return Line(
        label="Celery: publish",
        figures={"per s": tasks / elapsed_s},
        cpu_ms=per_piece_ms({CLIENT: own, REDIS: used[REDIS]}, tasks),
    )


def _work(system: System, store: redis.Redis, worker: psutil.Process, tasks: int) -> Line:
    """Measure from the moment when the worker goes on."""
    before, own, begun = system.processes.cpu_s(), cpu_s(worker), time.monotonic()
    worker.resume()
    wait_until(lambda: _is_done(store), "the last task", within_s=WITHIN_S)
    elapsed_s, own = time.monotonic() - begun, cpu_s(worker) - own
    used = difference(system.processes.cpu_s(), before)
    return Line(
        label="Celery: a task that does nothing",
        figures={"per s": tasks / elapsed_s},
        cpu_ms=per_piece_ms({WORKER: own, REDIS: used[REDIS]}, tasks),
    )


def _is_done(store: redis.Redis) -> bool:
    return not store.llen(QUEUE) and not store.hlen(UNACKED)
