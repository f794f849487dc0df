import pytest
from structlog.testing import capture_logs

from libs.kafka.bridge.poison import NO_LIMIT, PoisonBrake, PoisonLimit
from tests.support.kafka import FakeKafka
from tests.unit.libs.kafka.bridge.loops import MALFORMED, DrivenLoop


def saw(brake: PoisonBrake, pattern: str) -> bool:
    """Show the brake a record per character; x is a malformed one."""
    for each in pattern:
        brake.saw(malformed=each == "x")
    return brake.holds


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        ("x" * 50, False),
        ("x" * 51, True),
        (("x" * 50 + ".") * 9, False),
        (("x" * 50 + ".") * 10, True),
        ("x...." * 99 + "....", False),
        ("x...." * 100, True),
        ("x....." * 200, False),
        ("x" * 40 + "." * 600 + "x" * 40, False),
    ],
    ids=[
        "fifty in a row",
        "fifty one in a row",
        "mostly malformed, too few seen",
        "mostly malformed",
        "a fifth, too few seen",
        "a fifth of five hundred",
        "a sixth for ever",
        "bad times that were long apart",
    ],
)
def test_the_brake_holds_on_a_stream_of_malformed_records(pattern: str, *, holds: bool) -> None:
    assert saw(PoisonBrake(), pattern) is holds


def test_it_holds_for_good() -> None:
    brake = PoisonBrake(PoisonLimit(in_a_row=1))

    assert saw(brake, "xx" + "." * 1000)


def test_without_a_limit_it_never_holds() -> None:
    assert not saw(PoisonBrake(NO_LIMIT), "x" * 1000)


def test_a_held_brake_stops_dead_letters_commits_and_hand_offs_and_the_health() -> None:
    kafka = FakeKafka()
    member = DrivenLoop(kafka, poison=PoisonLimit(in_a_row=2), max_records=4)
    for value in (b"fine", MALFORMED, MALFORMED, b"fine", MALFORMED, MALFORMED, MALFORMED, b"fine"):
        kafka.append(value)

    with capture_logs() as logs:
        member.tick(5, after_s=60)

    assert member.hand_off.places == [(0, 0), (0, 3)]
    assert len(member.dead_letters.sent) == 2
    assert kafka.committed == {0: 4}
    assert member.consumer.paused == {0}
    assert member.vitals.signs[-1] == "unwell"
    (error,) = [each for each in logs if each["log_level"] == "error"]
    assert (error["event"], error["offset"]) == ("poison_brake_held", 6)


def test_after_an_operator_accepted_it_all_poison_is_dead_lettered() -> None:
    kafka = FakeKafka()
    member = DrivenLoop(kafka, poison=NO_LIMIT)
    for _ in range(200):
        kafka.append(MALFORMED)

    member.tick()

    assert len(member.dead_letters.sent) == 200
    assert kafka.committed == {0: 200}
