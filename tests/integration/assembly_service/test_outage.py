from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from assembly_service.client.celery_build_timer import CeleryBuildTimer
from assembly_service.converter.tasks import QUEUE
from assembly_service.model.bucket import Bucket
from deploy.local.engines.kafka import Kafka
from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from libs.kafka.client.topics import Topics
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from tests.integration.assembly_service.conftest import PARTITIONS, AssemblyLine
from tests.support.eventually import eventually
from tests.support.roles import running_role
from tests.unit.assembly_service.builders import EVENT_ID, a_ship

DUE = 200
"""Ships that are due during an outage, one task each: 25 per thread of the worker."""


@pytest.fixture
def sleeping_kafka(tmp_path: Path) -> Iterator[EngineProcess]:
    """Yield a broker that is not started yet."""
    kafka = Kafka(state=tmp_path / "kafka", port=free_port(), controller_port=free_port())
    process = EngineProcess(kafka)
    yield process
    process.kill()


def wake(kafka: EngineProcess, line: AssemblyLine) -> None:
    kafka.start()
    kafka.wait_ready()
    Topics({"bootstrap_servers": [line.brokers]}).create(
        [line.assembled_topic], partitions=PARTITIONS, replication=1
    )


@pytest.fixture
def cut_off(sleeping_kafka: EngineProcess, redis_url: str, tmp_path: Path) -> AssemblyLine:
    address = f"127.0.0.1:{sleeping_kafka.engine.ports[0]}"
    return AssemblyLine(address, redis_url, "order.paid", "order.assembled", tmp_path)


@pytest.fixture
def timer(redis_url: str) -> CeleryBuildTimer:
    return CeleryBuildTimer(TaskQueue(create_celery("tests", redis_url, queues=(QUEUE,))))


def test_ships_that_were_due_without_a_broker_are_published_once_it_is_back(
    sleeping_kafka: EngineProcess, cut_off: AssemblyLine, timer: CeleryBuildTimer
) -> None:
    with running_role("assembly_service", "worker", cut_off.environment) as worker:
        timer.publish_later(
            [Bucket(ships=(a_ship(), replace(a_ship(), build_time_s=2)), countdown_s=0)]
        )
        eventually(lambda: worker.output.count("task_postponed") >= 2, within_s=40)

        wake(sleeping_kafka, cut_off)

        ships = eventually(cut_off.assembled, within_s=45)
    assert {ship.event_uuid for ship in ships} == {str(uuid5(EVENT_ID, "order.assembled"))}
    assert [ship.build_time_sec for ship in ships] == [7, 2]


def test_hundreds_of_ships_that_are_due_hold_no_thread_and_are_published_soon_after_an_outage(
    sleeping_kafka: EngineProcess, cut_off: AssemblyLine, timer: CeleryBuildTimer
) -> None:
    ships = [a_ship(paid_event_uuid=UUID(int=n)) for n in range(DUE)]
    with running_role("assembly_service", "worker", cut_off.environment) as worker:
        timer.publish_later([Bucket(ships=(ship,), countdown_s=0) for ship in ships])
        eventually(lambda: worker.output.count("task_postponed") >= 4 * DUE, within_s=60)

        wake(sleeping_kafka, cut_off)

        eventually(lambda: len(cut_off.assembled()) >= DUE, within_s=10)
        published = cut_off.assembled()
        assert '"delay_s": 8' not in worker.output
    assert len({ship.event_uuid for ship in published}) == len(published) == DUE
