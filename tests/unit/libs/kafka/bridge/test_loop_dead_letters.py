"""What the loop does with records that cannot be read."""

from structlog.testing import capture_logs

from tests.support.kafka import FakeKafka, FakePublisher
from tests.unit.libs.kafka.bridge.loops import MALFORMED, DrivenLoop, FakeHandOff, out_of_order


def test_only_a_malformed_record_is_dead_lettered_and_not_handed_off(kafka: FakeKafka) -> None:
    for value in (b"a", MALFORMED, b"c"):
        kafka.append(value)
    member = DrivenLoop(kafka)

    member.tick()

    assert [each.value for each in member.dead_letters.sent] == [MALFORMED]
    assert member.hand_off.places == [(0, 0), (0, 2)]
    assert kafka.committed == {0: 3}


def test_nothing_is_committed_or_handed_off_before_the_dead_letters(kafka: FakeKafka) -> None:
    kafka.append(MALFORMED)
    kafka.append(b"b")
    member = DrivenLoop(kafka, dead_letters=FakePublisher(unavailable="no broker"))

    member.tick(3, after_s=1)

    assert kafka.committed == {}
    assert member.hand_off.batches == []


def test_an_acknowledged_dead_letter_is_not_written_again_with_its_batch(kafka: FakeKafka) -> None:
    kafka.append(MALFORMED, key=b"first")
    kafka.append(MALFORMED, key=b"second")
    kafka.append(b"c")
    member = DrivenLoop(
        kafka,
        dead_letters=FakePublisher(acknowledge_at_most=1),
        hand_off=FakeHandOff(failure=out_of_order()),
    )

    member.tick(5, after_s=11)
    member.hand_off.failure = None
    member.tick(after_s=11)

    assert [each.key for each in member.dead_letters.sent] == [b"first", b"second"]
    assert kafka.committed == {0: 3}


def test_a_dead_letter_that_is_refused_as_too_large_makes_it_unhealthy_until_there_is_room(
    kafka: FakeKafka,
) -> None:
    kafka.append(MALFORMED)
    kafka.append(b"b")
    member = DrivenLoop(kafka, dead_letters=FakePublisher(max_record_bytes=len(MALFORMED)))

    with capture_logs() as logs:
        member.tick(9, after_s=1)
    stuck = set(member.vitals.signs)
    member.dead_letters.max_record_bytes = 1000
    member.tick(after_s=10)

    assert stuck == {"unhealthy"}
    errors = [each["reason"] for each in logs if each["log_level"] == "error"]
    assert len(errors) == 1
    assert "order.paid, partition 0, offset 0" in errors[0]
    assert member.vitals.signs[-1] == "healthy"
    assert member.hand_off.places == [(0, 1)]
