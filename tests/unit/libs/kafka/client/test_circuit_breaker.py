from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

import pytest

from libs.kafka.client.circuit_breaker import OPEN_FOR_S, CircuitBreakingPublisher
from libs.kafka.publishing import Failure, Published
from libs.kafka.types import OutgoingRecord
from tests.support.kafka import FakePublisher

RECORD = OutgoingRecord(topic="order.assembled", key=b"key", value=b"value")

TOO_LARGE = OutgoingRecord(topic="order.assembled", key=b"key", value=bytes(2_000_000))

WITHIN_S = 10.0


@dataclass
class CountingPublisher(FakePublisher):
    """Counts its calls and is slow on demand."""

    calls: int = 0
    called: Event = field(default_factory=Event)
    may_answer: Event | None = None

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        self.calls += 1
        if may_answer := self.may_answer:
            self.called.set()
            assert may_answer.wait(WITHIN_S)
        return super().publish(records)


class Circuit:
    def __init__(self, unavailable: str = "") -> None:
        self.kafka = CountingPublisher(unavailable=unavailable)
        self.now_s = 0.0
        self.breaker = CircuitBreakingPublisher(self.kafka, monotonic=lambda: self.now_s)

    def publish(self, record: OutgoingRecord = RECORD) -> Published:
        return self.breaker.publish([record])

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Let a caller wait for Kafka's answer meanwhile."""
        self.kafka.may_answer = may_answer = Event()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(self.publish)
            assert self.kafka.called.wait(WITHIN_S)
            self.kafka.may_answer = None
            try:
                yield
            finally:
                may_answer.set()


@pytest.fixture
def open_circuit() -> Circuit:
    circuit = Circuit("no broker")
    circuit.publish()
    return circuit


def test_calls_after_a_failure_fail_untried_and_give_the_reason(open_circuit: Circuit) -> None:
    refused = open_circuit.breaker.publish([RECORD, RECORD])

    assert open_circuit.kafka.calls == 1
    assert [each.position for each in refused.failures] == [0, 1]
    assert refused.failures[0].reason == "not tried after a recent failure: no broker"
    assert not refused.failures[0].permanent


def test_a_failed_probe_opens_the_circuit_again(open_circuit: Circuit) -> None:
    open_circuit.now_s += OPEN_FOR_S
    open_circuit.publish()
    open_circuit.publish()

    assert open_circuit.kafka.calls == 2


def test_only_one_caller_at_a_time_probes(open_circuit: Circuit) -> None:
    open_circuit.now_s += OPEN_FOR_S
    with open_circuit.publishing():
        refused = [open_circuit.publish() for _ in range(8)]

    assert open_circuit.kafka.calls == 2
    assert all(each.failures for each in refused)


def test_a_probe_that_is_acknowledged_closes_the_circuit(open_circuit: Circuit) -> None:
    open_circuit.kafka.unavailable = ""
    open_circuit.now_s += OPEN_FOR_S
    open_circuit.publish()

    with open_circuit.publishing():
        open_circuit.publish().ensure_complete()


def test_a_probe_that_is_too_large_leaves_the_next_call_to_probe(open_circuit: Circuit) -> None:
    open_circuit.now_s += OPEN_FOR_S
    open_circuit.publish(TOO_LARGE)
    open_circuit.kafka.unavailable = ""

    open_circuit.publish().ensure_complete()


def test_a_probe_that_raises_leaves_the_next_one_to_probe(open_circuit: Circuit) -> None:
    open_circuit.now_s += OPEN_FOR_S
    with pytest.raises(AttributeError):
        open_circuit.breaker.publish([None])  # type: ignore[list-item]  # a bug of the caller
    open_circuit.kafka.unavailable = ""

    open_circuit.publish().ensure_complete()


def test_a_record_that_is_too_large_does_not_open_the_circuit() -> None:
    circuit = Circuit()

    circuit.publish(TOO_LARGE)

    circuit.publish().ensure_complete()


def test_a_partly_acknowledged_batch_does_not_open_the_circuit() -> None:
    circuit = Circuit()
    circuit.kafka.acknowledge_at_most = 1

    circuit.breaker.publish([RECORD, RECORD])

    circuit.publish().ensure_complete()


SICK, HEALTHY = b"a", b"b"


@dataclass
class OneSickPlace(FakePublisher):
    """Never acknowledges one key, and answers after the delivery timeout."""

    now_s: float = 0.0
    local: bool = False

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        sick = [at for at, record in enumerate(records) if record.key == SICK]
        if sick and not self.local:
            self.now_s += 8.0
        return Published(
            acknowledged=tuple(at for at in range(len(records)) if at not in sick),
            failures=tuple(
                Failure(position=at, reason="no answer", local=self.local) for at in sick
            ),
        )


def one_sick_place(*, local: bool = False) -> tuple[OneSickPlace, CircuitBreakingPublisher]:
    kafka = OneSickPlace(local=local)
    return kafka, CircuitBreakingPublisher(kafka, monotonic=lambda: kafka.now_s)


def record_of(key: bytes) -> OutgoingRecord:
    return OutgoingRecord(topic="order.assembled", key=key, value=b"value")


def test_a_partition_that_acknowledges_nothing_delays_no_record_of_another() -> None:
    kafka, breaker = one_sick_place()
    breaker.publish([record_of(SICK), record_of(HEALTHY)])
    known_at_s = kafka.now_s

    passed = [
        breaker.publish_without_probe([record_of(SICK), record_of(HEALTHY)]) for _ in range(100)
    ]

    assert all(each.acknowledged == (1,) for each in passed)
    assert all([failed.position for failed in each.failures] == [0] for each in passed)
    assert kafka.now_s == known_at_s


def test_after_an_outage_that_was_one_place_s_only_the_others_are_tried_at_once() -> None:
    kafka, breaker = one_sick_place()
    breaker.publish([record_of(SICK)])

    kafka.now_s += OPEN_FOR_S
    healthy = [breaker.publish([record_of(HEALTHY)]) for _ in range(20)]

    assert all(each.acknowledged == (0,) for each in healthy)


def test_a_place_that_is_known_to_be_silent_stops_no_other_where_little_is_published() -> None:
    kafka, breaker = one_sick_place()
    breaker.publish([record_of(SICK), record_of(HEALTHY)])

    for _ in range(3):
        kafka.now_s += OPEN_FOR_S
        breaker.publish([record_of(SICK)])

        assert breaker.publish_without_probe([record_of(HEALTHY)]).acknowledged == (0,)


def test_a_failure_without_delay_does_not_open_the_circuit() -> None:
    _, breaker = one_sick_place(local=True)
    breaker.publish([record_of(SICK)])

    failed = breaker.publish([record_of(SICK), record_of(HEALTHY)])

    assert failed.acknowledged == (1,)
    assert [each.reason for each in failed.failures] == ["no answer"]


def test_records_that_were_refused_before_use_another_client() -> None:
    careful, other = FakePublisher(), FakePublisher()
    breaker = CircuitBreakingPublisher(other, careful=careful)

    breaker.publish_without_probe([record_of(HEALTHY)])
    breaker.publish([record_of(SICK)])

    assert [each.key for each in careful.sent] == [HEALTHY]
    assert [each.key for each in other.sent] == [SICK]
    breaker.close()
    assert (careful.closed, other.closed) == (True, True)
