"""The logs of the local stack, merged and narrowed down."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.shipyard.commands.logs import age, readable, wanted_lines
from deploy.shipyard.exits import WrongUsage
from deploy.shipyard.readings.log_lines import Follower, Wanted, stored_lines

ORDER = "6f2c0d6e-1111-4222-8333-444444444444"


def a_line(second: int, event: str, *, level: str = "info", more: str = "") -> str:
    return (
        f'{{"event": "{event}", "level": "{level}", "logger": "x"{more},'
        f' "timestamp": "2026-03-01T12:00:{second:02}.250000Z"}}\n'
    )


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    relay, worker = tmp_path / "order-relay.log", tmp_path / "order-worker.log"
    relay.write_text(a_line(1, "first") + a_line(5, "third", level="error"))
    worker.write_text(
        a_line(3, "second", level="warning", more=f', "order_uuid": "{ORDER}"') + "a traceback\n"
    )
    return [relay, worker]


def events(files: list[Path], wanted: Wanted, *, last: int | None = None) -> list[str]:
    lines = stored_lines(files, wanted, last=last)
    return [line.fields.get("event", line.text) for line in lines]


def test_the_lines_of_all_processes_are_merged_by_time(files: list[Path]) -> None:
    assert events(files, Wanted()) == ["first", "second", "a traceback", "third"]


def test_lines_are_narrowed_down_by_time_level_and_order(files: list[Path]) -> None:
    since = datetime(2026, 3, 1, 12, 0, 4, tzinfo=UTC)

    assert events(files, Wanted(since=since)) == ["third"]
    assert events(files, Wanted(level="warning")) == ["second", "third"]
    assert events(files, Wanted(order=ORDER)) == ["second"]


def test_only_the_last_lines_of_each_process_are_kept(files: list[Path]) -> None:
    assert events(files, Wanted(), last=1) == ["a traceback", "third"]


def test_what_was_rotated_away_is_read_too(files: list[Path]) -> None:
    files[0].rename(files[0].with_name("order-relay.log.1"))
    files[0].write_text(a_line(9, "fourth"))

    assert events(files[:1], Wanted()) == ["first", "third", "fourth"]


def test_a_follower_gets_whole_lines_also_after_a_rotation(files: list[Path]) -> None:
    follower = Follower(files[0])
    with files[0].open("a") as file:
        file.write(a_line(9, "fourth") + '{"half')
    fresh = [line.fields["event"] for line in follower.new_lines()]
    files[0].write_text(a_line(11, "fifth"))

    assert fresh == ["fourth"]
    assert [line.fields["event"] for line in follower.new_lines()] == ["fifth"]


def test_a_reader_sees_time_process_level_event_and_fields(files: list[Path]) -> None:
    [line] = stored_lines(files, Wanted(order=ORDER), last=None)

    assert readable(line) == f"12:00:03.250  order-worker  warning  second  order_uuid={ORDER}"


def test_an_age_has_a_unit() -> None:
    assert [age("90s"), age("5m"), age("2h")] == [
        timedelta(seconds=90),
        timedelta(minutes=5),
        timedelta(hours=2),
    ]


@pytest.mark.parametrize("options", [{"since": "5x"}, {"since": "-1m"}, {"level": "loud"}])
def test_a_wrong_option_is_named(options: dict[str, str]) -> None:
    with pytest.raises(WrongUsage, match=r"--(since|level)"):
        wanted_lines(**{"since": None, "level": None, "order": None, **options})  # type: ignore[arg-type]
