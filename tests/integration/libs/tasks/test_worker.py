import json
import os
import time
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from libs.health.heartbeat import unhealthy_reason
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from tests.integration.libs.conftest import TICKING, StartWorker
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.integration.libs.tasks.tiny_worker import QUEUE, a_clock
from tests.support.eventually import eventually

LARGEST_PSS_MB = 90


@pytest.mark.parametrize("ahead_s", [0.0, -120.0, 120.0])
def test_a_countdown_ends_in_time_whatever_the_clock_of_redis(
    redis_url: str, start_worker: StartWorker, ahead_s: float
) -> None:
    worker = start_worker(redis_url, environment={"REDIS_AHEAD_S": str(ahead_s)})
    app = create_celery("tests", redis_url, queues=(QUEUE,))
    app.redis_clock = a_clock(redis_url, ahead_s=ahead_s)
    begun = time.time()

    TaskQueue(app).enqueue([a_call(text="later", countdown_s=1.5), a_call(text="now")])

    (later,) = eventually(lambda: worker.traces("later"))
    (now,) = worker.traces("now")
    assert now - begun < 1.0
    assert 1.5 <= later - begun < 2.5
    assert ("clock_differs_from_redis" in worker.process.output) is (ahead_s != 0)


def test_a_task_with_an_unavailable_dependency_is_retried_until_it_succeeds(
    redis_url: str, start_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_worker(redis_url)
    task_queue(redis_url).enqueue([a_call("tiny.wait_for_file", path=str(tmp_path / "here"))])
    eventually(lambda: len(worker.traces("looked")) >= 2)

    (tmp_path / "here").touch()

    eventually(lambda: worker.traces("found"))
    first, second = worker.traces("looked")[:2]
    assert 0.9 < second - first < 2.0
    assert "task_postponed" in worker.process.output


def test_a_task_that_can_never_succeed_is_logged_and_dropped(
    redis_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker(redis_url)

    task_queue(redis_url).enqueue(
        [
            a_call("tiny.refuse"),
            a_call("tiny.note", unknown="argument"),
            a_call("tiny.nobody_knows"),
            a_call(text="after them"),
        ]
    )

    eventually(lambda: worker.traces("after them"))
    worker.process.wait_for_output("task_dropped")
    worker.process.wait_for_output("unexpected keyword argument")
    worker.process.wait_for_output("no task with this name")
    assert "task_postponed" not in worker.process.output


def test_every_log_line_is_structured_and_logged_once(
    redis_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker(redis_url)
    task_queue(redis_url).enqueue([a_call(text="once")])

    worker.process.wait_for_output("noted")

    lines = [json.loads(line) for line in worker.process.output.splitlines()]
    noted = [line for line in lines if line["event"] == "noted"]
    assert len({line["timestamp"] for line in lines}) == len(lines)
    assert [(line["task"], line["text"]) for line in noted] == [("tiny.note", "once")]
    assert noted[0]["task_id"]


def test_periodic_tasks_tick_inside_the_worker_and_die_with_it(
    redis_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker(redis_url, environment=TICKING)
    eventually(lambda: len(worker.traces("tick")) >= 3)
    ticks = worker.traces("tick")
    assert all(0.5 < later - earlier < 2.0 for earlier, later in pairwise(ticks))

    worker.process.kill()

    group = worker.process.pid
    assert [each.pid for each in psutil.process_iter() if os.getpgid(each.pid) == group] == []
    assert not list(Path.cwd().glob("celerybeat-schedule*"))


def test_a_worker_whose_periodic_tasks_have_ended_fails_too(
    redis_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker(redis_url, environment={"TICKING": "without a clock"})

    assert worker.process.wait_for_exit(within_s=15) == 1
    assert worker.process.output.count("periodic_tasks_ended") == 1


def test_an_idle_worker_is_healthy_and_small_and_has_no_children(
    redis_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker(redis_url)

    process = psutil.Process(worker.process.pid)

    eventually(lambda: not unhealthy_reason(worker.state_dir, "tiny.w"))
    assert process.children() == []
    assert process.memory_full_info().pss < LARGEST_PSS_MB * 1024**2
