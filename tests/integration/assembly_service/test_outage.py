from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid5

import pytest

from assembly_service.client.celery_build_timer import CeleryBuildTimer
from assembly_service.converter.ship_task import QUEUE
from assembly_service.model.bucket import Bucket
from libs.engines.kafka import Kafka
from libs.engines.ports import free_port
from libs.engines.process import EngineProcess
from libs.kafka.topics import Topics
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from libs.testing.eventually import eventually
from libs.testing.roles import running_role
from tests.integration.assembly_service.conftest import PARTITIONS, AssemblyLine
from tests.unit.assembly_service.builders import EVENT_ID, a_ship

pytestmark = pytest.mark.engine


@pytest.fixture
def sleeping_kafka(tmp_path: Path) -> Iterator[EngineProcess]:
    """Give a broker that is not started yet."""
    kafka = Kafka(state=tmp_path / "kafka", port=free_port(), controller_port=free_port())
    process = EngineProcess(kafka)
    yield process
    process.kill()


def test_ships_whose_time_came_without_a_broker_are_published_once_there_is_one(
    sleeping_kafka: EngineProcess, redis_url: str, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{sleeping_kafka.engine.ports[0]}"
    line = AssemblyLine(address, redis_url, "order.paid", "order.assembled", tmp_path)
    timer = CeleryBuildTimer(TaskQueue(create_celery("tests", redis_url, queues=(QUEUE,))))
    with running_role("assembly_service", "worker", line.environment) as worker:
        timer.publish_later(
            [Bucket(ships=(a_ship(), replace(a_ship(), build_time_s=2)), countdown_s=0)]
        )
        eventually(lambda: worker.output.count("task_postponed") >= 2, within_s=40)

        sleeping_kafka.start()
        sleeping_kafka.wait_ready()
        Topics({"bootstrap_servers": [address]}).create(
            [line.assembled_topic], partitions=PARTITIONS, replication=1
        )

        ships = eventually(line.assembled, within_s=45)
    assert {ship.event_uuid for ship in ships} == {str(uuid5(EVENT_ID, "order.assembled"))}
    assert [ship.build_time_sec for ship in ships] == [7, 2]
