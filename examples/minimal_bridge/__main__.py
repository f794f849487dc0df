"""Every record of a topic becomes a Celery task, which logs it. How to run it: README.md."""

from collections.abc import Sequence

import structlog
from pydantic import Field

from libs.health.heartbeat import Heartbeat
from libs.kafka.bridge.role import AcceptMalformed, policy, run_bridges
from libs.kafka.bridge.route import Route
from libs.kafka.client.options import connection_options
from libs.kafka.client.topics import Topics
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record
from libs.lifecycle.cli import service_cli
from libs.lifecycle.starting import start
from libs.settings.groups import CelerySettings, KafkaRoleSettings
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskCall, TaskQueue
from libs.tasks.redis.backlog import queue_length
from libs.tasks.registering import register_task
from libs.tasks.worker import run_worker

NAME = "examples.minimal_bridge"
QUEUE = "greetings"
GREET = "greetings.greet"

log = structlog.get_logger(__name__)


class GreetingSettings(KafkaRoleSettings, CelerySettings):
    topic: str = Field("greetings", alias="GREETINGS_TOPIC")


def topics() -> None:
    """Create the topic, and greetings.dlq beside it for records that cannot be decoded."""
    settings = start(GreetingSettings)
    Topics(connection_options(settings)).create((settings.topic,), partitions=3, replication=1)


def greeting_from_record(record: Record) -> str:
    """Decode a record. One that raises becomes a dead letter; the others go on."""
    try:
        return (record.value or b"").decode()
    except UnicodeDecodeError as error:
        raise MalformedEvent(f"greeting: {error}") from error


def consumer(*, accept_malformed: AcceptMalformed = False) -> None:
    """Queue a task for each record; the offsets are committed once Redis has the tasks."""
    settings = start(GreetingSettings)
    redis_url = settings.celery_broker_url.get_secret_value()
    queue = TaskQueue(create_celery(NAME, redis_url, queues=(QUEUE,)))

    def greet_soon(greetings: Sequence[str]) -> None:
        queue.enqueue([TaskCall(name=GREET, queue=QUEUE, kwargs={"text": t}) for t in greetings])

    run_bridges(
        [Route(topic=settings.topic, group=NAME, decode=greeting_from_record, hand_off=greet_soon)],
        settings,
        Heartbeat(settings.state_dir, NAME, "consumer"),
        policy=policy(
            accept_malformed=accept_malformed, queue_length=queue_length(redis_url, QUEUE)
        ),
    )


def worker() -> None:
    """Run the tasks. A task may run twice: it must survive that."""
    settings = start(GreetingSettings)
    redis_url = settings.celery_broker_url.get_secret_value()
    app = create_celery(NAME, redis_url, queues=(QUEUE,))
    register_task(app, GREET, lambda text: log.info("greeted", text=text))
    run_worker(app, concurrency=2, heartbeat=Heartbeat(settings.state_dir, NAME, "worker"))


if __name__ == "__main__":
    service_cli(NAME, {"consumer": consumer, "worker": worker}, commands={"topics": topics})()
