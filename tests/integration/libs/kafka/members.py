"""Members of a group in threads of the test, and their hand-off."""

import uuid
from collections import Counter
from collections.abc import Sequence
from threading import Event, Thread

from libs.clock import utc_now
from libs.errors import Unavailable
from libs.kafka.bridge.bridge import Bridge
from libs.kafka.bridge.route import Route
from libs.kafka.client.consumer import GroupConsumer
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.dead_letters.writer import DeadLetterWriter
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record
from tests.support.servers.broker import LARGEST_BYTES
from tests.unit.libs.kafka.bridge.loops import FakeVitals

MALFORMED_PREFIX = b"malformed"


class Sink:
    """Accepts batches from several members, or refuses them during an outage."""

    def __init__(self) -> None:
        self.places: Counter[tuple[int, int]] = Counter()
        self.outage = Event()
        self.refusals = 0

    def __call__(self, events: Sequence[Record]) -> None:
        if self.outage.is_set():
            self.refusals += 1
            raise Unavailable("an outage")
        self.places.update((each.partition, each.offset) for each in events)

    @property
    def doubled(self) -> dict[tuple[int, int], int]:
        return {place: times for place, times in self.places.items() if times > 1}


def decode(record: Record) -> Record:
    if not record.value or record.value.startswith(MALFORMED_PREFIX):
        raise MalformedEvent("there is no event in it")
    return record


def new_group() -> str:
    return f"group.{uuid.uuid4().hex}"


class Member:
    """A bridge in a thread; stop() ends it and waits."""

    def __init__(self, address: str, topic: str, group: str, sink: Sink) -> None:
        connection = {"bootstrap_servers": [address]}
        self._publisher = KafkaPublisher(connection, max_record_bytes=LARGEST_BYTES)
        self.vitals = FakeVitals()
        bridge = Bridge(
            Route(topic=topic, group=group, decode=decode, hand_off=sink),
            lambda: GroupConsumer(connection, topic, group),
            DeadLetterWriter(self._publisher, group=group, clock=utc_now),
            vitals=self.vitals,
        )
        self._stop = Event()
        self._thread = Thread(target=bridge, args=(self._stop,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(15)
        assert not self._thread.is_alive(), "the bridge does not end"
        self._publisher.close()
