from libs.errors import Unavailable
from tests.support.kafka import FakeKafka
from tests.unit.libs.kafka.bridge.loops import DrivenLoop


def test_reading_pauses_while_the_queue_is_full_and_resumes_at_half(kafka: FakeKafka) -> None:
    waiting = [11]
    member = DrivenLoop(kafka, queue_length=lambda: waiting[0])
    member.tick()
    kafka.append(b"a")

    member.tick(3, after_s=1)
    during = list(member.hand_off.places)
    waiting[0] = 6
    member.tick(3, after_s=1)
    above_half = list(member.hand_off.places)
    waiting[0] = 5
    member.tick(2, after_s=1)

    assert (during, above_half) == ([], [])
    assert member.hand_off.places == [(0, 0)]


def test_a_queue_that_does_not_answer_counts_as_full(kafka: FakeKafka) -> None:
    def silent() -> int:
        raise Unavailable("redis: timeout")

    member = DrivenLoop(kafka, queue_length=silent)
    member.tick()
    kafka.append(b"a")

    member.tick(3, after_s=1)

    assert member.hand_off.batches == []
    assert member.vitals.signs[-1] == "healthy"


def test_an_idle_loop_does_not_ask_for_the_length_of_the_queue(kafka: FakeKafka) -> None:
    asked_at: list[float] = []

    def length() -> int:
        asked_at.append(member.monotonic())
        return 0

    member = DrivenLoop(kafka, queue_length=length)

    member.tick(4, after_s=1)
    while_idle = len(asked_at)
    kafka.append(b"a")
    member.tick(4, after_s=1)

    assert (while_idle, len(asked_at)) == (1, 2)
