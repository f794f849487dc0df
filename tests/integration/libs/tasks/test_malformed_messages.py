from redis import Redis

from libs.tasks.redis.backlog import queue_length
from tests.integration.libs.conftest import StartWorker
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.integration.libs.tasks.tiny_worker import QUEUE
from tests.support.bad_tasks import TELLTALE, bad_messages
from tests.support.eventually import eventually


def test_malformed_messages_are_dropped_and_delay_no_task(
    redis_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker(redis_url)

    with Redis.from_url(redis_url) as redis:
        redis.lpush(QUEUE, *bad_messages(QUEUE, "tiny.note").values())
    task_queue(redis_url).enqueue([a_call(text="after them")])

    eventually(lambda: worker.traces("after them"))
    length = queue_length(redis_url, QUEUE)
    eventually(lambda: length() == 0)
    assert worker.process.exit_code is None
    assert "message_dropped" in worker.process.output
    assert TELLTALE not in worker.process.output
