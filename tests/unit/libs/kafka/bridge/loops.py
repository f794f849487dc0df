"""A bridge's loop on an in-memory broker, driven step by step."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.errors import Unavailable
from libs.kafka.bridge.delivery import Delivery
from libs.kafka.bridge.loop import BridgeLoop
from libs.kafka.bridge.malformed_limit import STANDARD_LIMIT, MalformedLimit
from libs.kafka.bridge.pressure import PressureLimit, QueueLength, no_queue
from libs.kafka.bridge.route import Policy, Route
from libs.kafka.bridge.vitals import Vitals
from libs.kafka.dead_letters.writer import DeadLetterWriter
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record
from libs.resilience.backoff import Backoff
from tests.support.kafka import ORDER_PAID_AT, FakeConsumer, FakeKafka, FakePublisher
from tests.support.monotonic import FakeMonotonic

GROUP = "assembly-group-order-paid"
MALFORMED = b"not protobuf"


class FakeVitals(Vitals):
    def __init__(self) -> None:
        self.signs: list[str] = []

    def healthy(self) -> None:
        self.signs.append("healthy")

    def unhealthy(self) -> None:
        self.signs.append("unhealthy")


@dataclass
class FakeHandOff:
    """Accepts batches or raises an error."""

    batches: list[list[Record]] = field(default_factory=list)
    refusals: int = 0
    failure: Exception | None = None

    def __call__(self, events: Sequence[Record]) -> None:
        if self.failure is not None:
            self.refusals += 1
            raise self.failure
        self.batches.append(list(events))

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(each.partition, each.offset) for batch in self.batches for each in batch]


def decode(record: Record) -> Record:
    if record.value == MALFORMED:
        raise MalformedEvent(f"no event in {record.value!r}")
    return record


class DrivenLoop:
    """One member with its dependencies; tick() is the loop's."""

    def __init__(
        self,
        kafka: FakeKafka,
        *,
        hand_off: FakeHandOff | None = None,
        dead_letters: FakePublisher | None = None,
        malformed_limit: MalformedLimit | None = STANDARD_LIMIT,
        queue_length: QueueLength = no_queue,
        max_records: int = 500,
    ) -> None:
        self.consumer: FakeConsumer = kafka.join(max_records=max_records)
        self.hand_off = hand_off or FakeHandOff()
        self.dead_letters = dead_letters or FakePublisher()
        self.vitals = FakeVitals()
        self.monotonic = FakeMonotonic()
        route = Route(topic=kafka.topic, group=GROUP, decode=decode, hand_off=self.hand_off)
        writer = DeadLetterWriter(self.dead_letters, group=GROUP, clock=lambda: ORDER_PAID_AT)
        self.loop = BridgeLoop(
            route,
            self.consumer,
            Delivery(route, writer, Backoff(), self.monotonic),
            policy=Policy(
                malformed_limit=malformed_limit,
                pressure=PressureLimit(pause_above=10, resume_at=5),
                queue_length=queue_length,
            ),
            vitals=self.vitals,
            monotonic=self.monotonic,
        )

    def tick(self, times: int = 1, *, after_s: float = 0.0) -> float:
        """Tick a number of times with pauses; return the last rest."""
        rest_s = 0.0
        for _ in range(times):
            self.monotonic.advance(after_s)
            rest_s = self.loop.tick()
        return rest_s


def out_of_order() -> Exception:
    return Unavailable("redis: connection refused")
