import pytest
import typer
from structlog.testing import capture_logs
from typer.testing import CliRunner

from libs.kafka.bridge.malformed_limit import NO_LIMIT, MalformedCounter, MalformedLimit
from libs.kafka.bridge.role import AcceptMalformed
from tests.support.kafka import FakeKafka
from tests.unit.libs.kafka.bridge.loops import MALFORMED, DrivenLoop


def saw(counter: MalformedCounter, pattern: str) -> bool:
    """Show the counter a record per character; x is a malformed one."""
    for each in pattern:
        counter.saw(malformed=each == "x")
    return counter.limit_reached


@pytest.mark.parametrize(
    ("pattern", "reached"),
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
def test_a_stream_of_malformed_records_reaches_the_limit(pattern: str, *, reached: bool) -> None:
    assert saw(MalformedCounter(), pattern) is reached


def test_the_limit_stays_reached() -> None:
    counter = MalformedCounter(MalformedLimit(in_a_row=1))

    assert saw(counter, "xx" + "." * 1000)


def test_the_limit_stops_dead_letters_commits_and_hand_offs_and_the_health() -> None:
    kafka = FakeKafka()
    member = DrivenLoop(kafka, malformed_limit=MalformedLimit(in_a_row=2), max_records=4)
    for value in (b"fine", MALFORMED, MALFORMED, b"fine", MALFORMED, MALFORMED, MALFORMED, b"fine"):
        kafka.append(value)

    with capture_logs() as logs:
        member.tick(5, after_s=60)

    assert member.hand_off.places == [(0, 0), (0, 3)]
    assert len(member.dead_letters.sent) == 2
    assert kafka.committed == {0: 4}
    assert member.consumer.paused == {0}
    assert member.vitals.signs[-1] == "unhealthy"
    (error,) = [each for each in logs if each["log_level"] == "error"]
    assert (error["event"], error["offset"]) == ("malformed_record_limit_reached", 6)


def test_after_an_operator_accepted_it_every_malformed_record_is_dead_lettered() -> None:
    kafka = FakeKafka()
    member = DrivenLoop(kafka, malformed_limit=NO_LIMIT)
    for _ in range(200):
        kafka.append(MALFORMED)

    member.tick()

    assert len(member.dead_letters.sent) == 200
    assert kafka.committed == {0: 200}


@pytest.mark.parametrize("option", ["--accept-malformed", "--accept-poison"])
def test_the_option_is_known_by_its_old_name_too(option: str) -> None:
    cli = typer.Typer()

    @cli.command()
    def consumer(*, accept_malformed: AcceptMalformed = False) -> None:
        typer.echo(accept_malformed)

    assert CliRunner().invoke(cli, [option]).output == "True\n"
