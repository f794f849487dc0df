"""Contract of the ports, for the fakes of the unit tests and for the real adapters."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import redis

from assembly_service.client.celery_build_timer import CeleryBuildTimer
from assembly_service.client.kafka_ship_events import KafkaShipEvents
from assembly_service.converter.tasks import QUEUE
from assembly_service.model.bucket import Bucket
from assembly_service.service.ports import BuildTimer, ShipEvents
from deploy.local.engines.ports import free_port
from libs.contracts.events.v1 import events_pb2
from libs.errors import Unavailable
from libs.kafka.client.producer import KafkaPublisher
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from tests.conftest import MakeTopic
from tests.support.kafka import FakePublisher
from tests.support.servers.broker import records_of
from tests.unit.assembly_service.builders import NOW, a_ship
from tests.unit.assembly_service.fakes import FakeBuildTimer, FakeShipEvents

REAL = pytest.param("real", marks=pytest.mark.engine)


class Events:
    """A port, its published events, and the same port while its engine is down."""

    def __init__(
        self, port: ShipEvents, down: ShipEvents, arrived: Callable[[], set[UUID]]
    ) -> None:
        self.port, self.down, self.arrived = port, down, arrived


@pytest.fixture(params=["fake", REAL])
def events(request: pytest.FixtureRequest) -> Iterator[Events]:
    if request.param == "fake":
        fake, down = FakeShipEvents(), FakeShipEvents()
        down.down = True
        yield Events(fake, down, lambda: {event.event_uuid for event in fake.published})
        return
    brokers: str = request.getfixturevalue("kafka_brokers")
    make_topic: MakeTopic = request.getfixturevalue("make_topic")
    topic = make_topic()
    publisher = KafkaPublisher({"bootstrap_servers": [brokers]})
    yield Events(
        KafkaShipEvents(publisher, topic=topic),
        KafkaShipEvents(FakePublisher(unavailable="no broker"), topic=topic),
        lambda: ids_in(topic, brokers),
    )
    publisher.close()


def ids_in(topic: str, brokers: str) -> set[UUID]:
    values = [record.value or b"" for record in records_of(brokers, topic)]
    return {UUID(events_pb2.ShipAssembled.FromString(value).event_uuid) for value in values}


def test_events_are_there_when_publish_returns(events: Events) -> None:
    ships = [a_ship(paid_event_uuid=UUID(int=n)).assembled(NOW) for n in range(3)]

    events.port.publish(ships)

    assert events.arrived() == {ship.event_uuid for ship in ships}


def test_publishing_again_adds_no_new_event(events: Events) -> None:
    ship = a_ship().assembled(NOW)
    events.port.publish([ship])

    events.port.publish([ship])

    assert events.arrived() == {ship.event_uuid}


def test_without_a_broker_nothing_is_published(events: Events) -> None:
    with pytest.raises(Unavailable):
        events.down.publish([a_ship().assembled(NOW)])


class Timer:
    def __init__(self, port: BuildTimer, down: BuildTimer, tasks: Callable[[], int]) -> None:
        self.port, self.down, self.tasks = port, down, tasks


@pytest.fixture(params=["fake", REAL])
def timer(request: pytest.FixtureRequest) -> Timer:
    if request.param == "fake":
        fake, down = FakeBuildTimer(), FakeBuildTimer()
        down.down = True
        return Timer(fake, down, lambda: len(fake.buckets))
    url: str = request.getfixturevalue("redis_url")
    return Timer(
        a_celery_timer(url),
        a_celery_timer(f"redis://127.0.0.1:{free_port()}/0"),
        lambda: waiting_in(url),
    )


def a_celery_timer(url: str) -> CeleryBuildTimer:
    return CeleryBuildTimer(TaskQueue(create_celery("tests", url, queues=(QUEUE,))))


def waiting_in(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.llen(QUEUE))


def test_every_bucket_is_one_task(timer: Timer) -> None:
    buckets = [Bucket(ships=(a_ship(), a_ship()), countdown_s=n / 10) for n in range(4)]

    timer.port.publish_later(buckets)

    assert timer.tasks() == 4


def test_without_a_queue_nothing_is_handed_off(timer: Timer) -> None:
    with pytest.raises(Unavailable):
        timer.down.publish_later([Bucket(ships=(a_ship(),), countdown_s=1.0)])
