import os
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from libs.health.__main__ import complaints
from libs.health.heartbeat import Heartbeat, heartbeat_path, unhealthy_reason
from libs.lifecycle.door import service_door


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    return service_door("shop", {"consumer": lambda: None}, commands={"migrate": lambda: None})


def test_a_role_that_touched_its_file_is_healthy(door: typer.Typer, tmp_path: Path) -> None:
    Heartbeat(tmp_path, "shop", "consumer").touch()

    assert CliRunner().invoke(door, ["health", "consumer"]).exit_code == 0


def test_a_role_that_never_started_is_not_healthy(door: typer.Typer) -> None:
    result = CliRunner().invoke(door, ["health", "consumer"])

    assert result.exit_code == 1
    assert "no heartbeat" in result.output


def test_what_ends_by_itself_has_no_health(door: typer.Typer) -> None:
    result = CliRunner().invoke(door, ["health", "migrate"])

    assert result.exit_code == 2
    assert "migrate is none of consumer" in result.output


def test_a_role_that_has_not_moved_for_30_s_is_not_healthy(tmp_path: Path) -> None:
    Heartbeat(tmp_path, "shop", "consumer").touch()
    path = heartbeat_path(tmp_path, "shop", "consumer")
    long_ago = time.time() - 31
    os.utime(path, (long_ago, long_ago))

    assert unhealthy_reason(path) == "last heartbeat 31 s ago"


def test_a_removed_heartbeat_fails_the_check_at_once(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path, "shop", "consumer")
    heartbeat.touch()
    heartbeat.remove()

    assert unhealthy_reason(heartbeat_path(tmp_path, "shop", "consumer")) is not None


def test_an_unknown_role_is_refused(door: typer.Typer) -> None:
    assert CliRunner().invoke(door, ["health", "consmuer"]).exit_code == 2


def test_a_container_is_healthy_while_its_role_moves(tmp_path: Path) -> None:
    Heartbeat(tmp_path, "shop", "consumer").touch()

    assert list(complaints(tmp_path)) == []


def test_a_container_in_which_nothing_began_is_not_healthy(tmp_path: Path) -> None:
    assert list(complaints(tmp_path / "absent")) == [f"no heartbeat in {tmp_path / 'absent'}"]


def test_a_container_names_the_role_that_hangs(tmp_path: Path) -> None:
    Heartbeat(tmp_path, "shop", "http").touch()
    Heartbeat(tmp_path, "shop", "consumer").touch()
    long_ago = time.time() - 60
    os.utime(heartbeat_path(tmp_path, "shop", "consumer"), (long_ago, long_ago))

    assert list(complaints(tmp_path)) == ["shop.consumer: last heartbeat 60 s ago"]
