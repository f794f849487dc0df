import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from libs.health.__main__ import complaints
from libs.health.heartbeat import Heartbeat, unhealthy_reason
from libs.lifecycle.cli import service_cli

CONSUMER = "shop.consumer"

Begin = Callable[[str], Heartbeat]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    return service_cli("shop", {"consumer": lambda: None}, commands={"migrate": lambda: None})


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start the heartbeat of one more process of a role."""
    with ExitStack() as processes:

        def a_process(role: str) -> Heartbeat:
            heartbeat = processes.enter_context(closing(Heartbeat(tmp_path, "shop", role)))
            heartbeat.touch()
            return heartbeat

        yield a_process


def grows_old(state_dir: Path, role: str, *, age_s: float) -> None:
    """Age the heartbeats of a role, as when its processes hang."""
    long_ago = time.time() - age_s
    for path in state_dir.glob(f"shop.{role}.*"):
        os.utime(path, (long_ago, long_ago))


def test_a_role_is_healthy_when_it_has_touched_its_file(cli: typer.Typer, begin: Begin) -> None:
    before = CliRunner().invoke(cli, ["health", "consumer"])
    begin("consumer")

    assert before.exit_code == 1
    assert "no heartbeat" in before.output
    assert CliRunner().invoke(cli, ["health", "consumer"]).exit_code == 0


@pytest.mark.parametrize("other", ["migrate", "consmuer"])
def test_what_is_no_role_has_no_health(cli: typer.Typer, other: str) -> None:
    result = CliRunner().invoke(cli, ["health", other])

    assert result.exit_code == 2
    assert f"{other} is not one of consumer" in result.output


def test_a_role_without_a_heartbeat_for_30_s_is_not_healthy(tmp_path: Path, begin: Begin) -> None:
    begin("consumer")
    grows_old(tmp_path, "consumer", age_s=31)

    expected = f"last heartbeat of process {os.getpid()} 31 s ago"
    assert unhealthy_reason(tmp_path, CONSUMER) == expected


def test_a_role_that_reports_a_problem_is_not_healthy(tmp_path: Path, begin: Begin) -> None:
    heartbeat = begin("consumer")

    heartbeat.unhealthy()
    during = unhealthy_reason(tmp_path, CONSUMER)
    heartbeat.touch()

    assert during == f"process {os.getpid()} reports a problem: see its log"
    assert unhealthy_reason(tmp_path, CONSUMER) is None


def test_a_healthy_process_does_not_hide_a_hanging_one(tmp_path: Path, begin: Begin) -> None:
    begin("consumer")
    grows_old(tmp_path, "consumer", age_s=60)
    begin("consumer")

    reason = unhealthy_reason(tmp_path, CONSUMER)

    assert reason is not None
    assert reason.endswith("60 s ago")


def test_a_healthy_process_does_not_hide_an_unhealthy_one(tmp_path: Path, begin: Begin) -> None:
    begin("consumer").unhealthy()
    begin("consumer")

    assert unhealthy_reason(tmp_path, CONSUMER) is not None


def test_a_dead_process_with_a_fresh_heartbeat_is_not_alive(tmp_path: Path, begin: Begin) -> None:
    begin("consumer").close()

    assert unhealthy_reason(tmp_path, CONSUMER) == f"no heartbeat in {tmp_path}"


def test_a_new_process_removes_only_the_files_of_dead_ones(tmp_path: Path, begin: Begin) -> None:
    begin("consumer").close()
    begin("http").close()
    begin("consumer")
    begin("consumer")

    left = sorted(path.name.rpartition(".")[0].rpartition(".")[0] for path in tmp_path.iterdir())
    assert left == [CONSUMER, CONSUMER, "shop.http"]


def test_a_heartbeat_creates_its_removed_file_again(tmp_path: Path, begin: Begin) -> None:
    heartbeat = begin("consumer")
    for path in tmp_path.iterdir():
        path.unlink()

    heartbeat.touch()

    assert unhealthy_reason(tmp_path, CONSUMER) is None


def test_a_container_names_the_role_that_hangs(tmp_path: Path, begin: Begin) -> None:
    begin("http")
    begin("consumer")
    assert list(complaints(tmp_path)) == []

    grows_old(tmp_path, "consumer", age_s=60)

    expected = [f"{CONSUMER}: last heartbeat of process {os.getpid()} 60 s ago"]
    assert list(complaints(tmp_path)) == expected


def test_a_container_without_a_started_role_is_not_healthy(tmp_path: Path) -> None:
    assert list(complaints(tmp_path / "absent")) == [f"no heartbeat in {tmp_path / 'absent'}"]
