"""Redis with the users of the containers: all needed commands work, all others are refused."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from limits import parse
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from deploy.local.engines.valkey import Valkey
from deploy.shipyard.readings.sessions import see_redis
from deploy.shipyard.readings.ships import see_backlog
from libs.contracts.queues import QUEUES
from libs.metrics.declared.tasks import QUEUE_TASKS, REDIS_SINCE, REDIS_TAKES_WRITES
from libs.tasks.redis.backlog import UNACKED, UNACKED_INDEX, queue_length
from libs.tasks.redis.queue_gauges import QueueGauges
from order_service.client.evidence import see_queues
from order_service.client.redis_counter import RedisCounter, open_counter_store
from tests.integration.libs.conftest import TICKING, StartWorker
from tests.integration.libs.security.flower import flower
from tests.integration.libs.security.redis_users import WORDS, configured_users
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.integration.libs.tasks.tiny_worker import QUEUE
from tests.support.eventually import eventually

pytestmark = pytest.mark.engine

Url = Callable[[str], str]


@pytest.fixture
def url_of(tmp_path: Path) -> Iterator[Url]:
    """Start a Redis with the users of the containers; yield the URL of each."""
    engine = Valkey(
        state=tmp_path / "redis",
        port=free_port(),
        user="operator",
        password=WORDS["operator"],
        users=configured_users(tmp_path),
    )
    with EngineProcess(engine):
        yield lambda user: f"redis://{user}:{WORDS[user]}@127.0.0.1:{engine.port}/0"


@pytest.fixture
def operator(url_of: Url) -> Iterator[Redis]:
    with Redis.from_url(url_of("operator"), decode_responses=True) as client:
        yield client


def refused(operator: Redis) -> list[Any]:
    """Return the commands that were refused to any user."""
    return [(each["username"], each["reason"], each["object"]) for each in operator.acl_log()]


def test_a_worker_can_do_all_its_work_as_the_user_of_the_services(
    url_of: Url, operator: Redis, start_worker: StartWorker, tmp_path: Path
) -> None:
    url = url_of("services")
    worker = start_worker(url, environment=TICKING)
    queue = task_queue(url)
    queue.enqueue([a_call(text="later", countdown_s=1.5)])
    queue.enqueue([a_call("tiny.wait_for_file", path=str(tmp_path / "here"))])
    eventually(lambda: worker.traces("looked"), within_s=20)
    (tmp_path / "here").touch()
    eventually(lambda: worker.traces("later"), within_s=20)
    eventually(lambda: worker.traces("found"), within_s=20)
    eventually(lambda: len(worker.traces("tick")) > 1, within_s=20)
    queue.enqueue([a_call(text="held", countdown_s=60)])
    eventually(lambda: see_queues(url)[UNACKED].number, within_s=20)
    worker.process.terminate()
    assert worker.process.wait_for_exit() == 0

    assert see_queues(url)[UNACKED].number == 0
    assert queue_length(url, QUEUE)() > 0, "what a stopping worker holds goes back into its queue"
    assert refused(operator) == []


def test_a_task_of_a_killed_worker_is_restored_by_the_services_user(
    url_of: Url, operator: Redis, start_worker: StartWorker
) -> None:
    url = url_of("services")
    killed = start_worker(url, environment=TICKING)
    task_queue(url).enqueue([a_call("tiny.block", seconds=60)])
    eventually(lambda: killed.traces("blocked"), within_s=20)
    killed.process.kill()
    for held in map(str, operator.zrange(UNACKED_INDEX, 0, -1)):
        operator.zadd(UNACKED_INDEX, {held: 1})

    worker = start_worker(url, environment=TICKING)

    eventually(lambda: len(worker.traces("blocked")) == 2, within_s=30)
    assert refused(operator) == []


def test_the_queues_are_measured_by_the_services_user(url_of: Url, operator: Redis) -> None:
    look = QueueGauges(url_of("services"), QUEUES)
    task_queue(url_of("services")).enqueue([a_call(text="waits")])

    seen = {(each.metric, *each.labels): each.value for each in look()}

    assert seen[QUEUE_TASKS, QUEUE, "waiting"] == 1
    assert (REDIS_SINCE,) in seen
    assert seen[REDIS_TAKES_WRITES,] == 1
    assert refused(operator) == []


def test_calls_are_counted_by_the_services_user(url_of: Url) -> None:
    counter = RedisCounter(open_counter_store(url_of("services")))

    windows = [counter.count(parse("600/minute").key_for("a caller"), window_s=60) for _ in "12"]

    assert [window and window.calls for window in windows] == [1, 2]


def test_flower_can_see_workers_and_tasks_as_its_own_user(
    url_of: Url, operator: Redis, start_worker: StartWorker
) -> None:
    with flower(url_of("flower")) as ask:
        start_worker(url_of("services"), environment=TICKING)
        eventually(lambda: ask("/api/workers?status=1"), within_s=40)
        task_queue(url_of("services")).enqueue([a_call(text="seen")])

        seen = eventually(lambda: ask("/api/tasks?taskname=tiny.note"), within_s=20)
        queues = eventually(lambda: ask("/api/queues/length"), within_s=20)

    assert [task["state"] for task in seen.values()]
    assert {each["name"] for each in queues["active_queues"]} >= {QUEUE}
    assert refused(operator) == []


def test_the_command_line_sees_all_it_shows_as_the_reader(
    url_of: Url, operator: Redis, start_worker: StartWorker
) -> None:
    start_worker(url_of("services"), environment=TICKING)
    queue = task_queue(url_of("services"))
    queue.enqueue([a_call(text="held", countdown_s=60)])
    eventually(lambda: see_queues(url_of("reader"))[UNACKED].number, within_s=20)

    backlog = see_backlog(url_of("reader"))
    seen = see_redis(url_of("reader"))

    assert [each.arguments["text"] for each in backlog.tasks] == ["held"]
    assert seen.policy == "noeviction"
    assert refused(operator) == []


BEYOND_READER = [
    ("SET", "shipyard.since", "0"),
    ("LPUSH", "order", "a task"),
    ("HDEL", "unacked", "a tag"),
    ("GET", "LIMITER/of a caller"),
    ("FLUSHALL",),
    ("KEYS", "*"),
    ("CONFIG", "GET", "*"),
]

BEYOND_SERVICES = [
    ("FLUSHALL",),
    ("FLUSHDB",),
    ("CONFIG", "GET", "*"),
    ("KEYS", "*"),
    ("SCAN", "0"),
    ("EVAL", "return 1", "0"),
    ("SCRIPT", "FLUSH"),
    ("ACL", "LIST"),
    ("MONITOR",),
    ("SHUTDOWN",),
    ("GET", "somebody:elses"),
    ("LPUSH", "somebody-elses", "task"),
    ("PUBLISH", "/0.celery.pidbox", "shutdown"),
]

BEYOND_FLOWER = [
    ("FLUSHALL",),
    ("LPUSH", "order", "a task"),
    ("DEL", "order"),
    ("BRPOP", "order", "1"),
    ("HGET", "unacked", "a tag"),
]


@pytest.mark.parametrize(
    ("user", "command"),
    [
        *(("services", each) for each in BEYOND_SERVICES),
        *(("flower", each) for each in BEYOND_FLOWER),
        *(("reader", each) for each in BEYOND_READER),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(each),
)
def test_commands_that_a_user_does_not_need_are_refused(
    url_of: Url, user: str, command: tuple[str, ...]
) -> None:
    with Redis.from_url(url_of(user)) as client, pytest.raises(NoPermissionError):
        client.execute_command(*command)


def test_a_script_may_do_no_more_than_its_user(url_of: Url) -> None:
    with Redis.from_url(url_of("services")) as client:
        script = client.script_load("return redis.call('FLUSHALL')")

        with pytest.raises(ResponseError, match="ACL failure in script"):
            client.evalsha(script, 0)


@pytest.mark.parametrize("login", ["", ":word-of-services@", "services:wrong@"])
def test_other_users_are_refused(url_of: Url, login: str) -> None:
    address = url_of("services").rpartition("@")[2]

    with Redis.from_url(f"redis://{login}{address}") as client, pytest.raises(AuthenticationError):
        client.ping()
