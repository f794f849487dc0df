"""make compose-ps: what Docker knows of the containers, with a stand-in for Docker."""

from collections.abc import Callable

import pytest

from tests.compose.env_files import DeployCopy

STAND_IN = """\
#!/bin/bash
here=${0%/*}
case $1 in
  ps) cat "$here/ps" ;;
  inspect) shift 3 && for name; do cat "$here/inspected/$name"; done ;;
  logs) cat "$here/logs/${!#}" && echo "$*" >>"$here/asked" ;;
esac
"""

NEVER = "0001-01-01T00:00:00Z"
FIRST, SECOND = "2026-01-01T10:00:00.123456789Z", "2026-01-01T11:00:00.5Z"

HEADER = [
    *("container", "state", "started_at", "restarts"),
    *("ended_at", "exit_code", "out_of_memory", "last_line"),
]

Shown = Callable[[str], list[str]]


@pytest.fixture
def shown(copy: DeployCopy) -> Shown:
    """Return a function that shows the row of a container with this state in `docker inspect`."""
    folder = copy.root / "stand-in"
    for each in ("inspected", "logs"):
        (folder / each).mkdir(parents=True)
    (folder / "docker").write_text(STAND_IN)
    (folder / "docker").chmod(0o700)
    (folder / "ps").write_text("shipyard-order order-relay\nsomebody shop\n")
    (folder / "logs" / "order-relay").write_text("first\nthe\tlast\n")

    def row(state: str) -> list[str]:
        (folder / "inspected" / "order-relay").write_text(f"/order-relay {state}\n")
        done = copy.run("deploy/compose/ps.sh", PATH=f"{folder}:/usr/bin:/bin")
        assert (done.returncode, done.stderr) == (0, "")
        header, row = done.stdout.splitlines()
        assert header.split("\t") == HEADER
        return row.split("\t")

    return row


def test_a_container_that_never_ended_has_no_reason(shown: Shown) -> None:
    assert shown(f"running healthy {FIRST} {NEVER} 0 0 false") == [
        *("order-relay", "running/healthy", "2026-01-01T10:00:00Z", "0", "", "", "false", "")
    ]


def test_of_a_container_that_was_started_again_the_line_before_is_shown(
    shown: Shown, copy: DeployCopy
) -> None:
    row = shown(f"running healthy {SECOND} {FIRST} 3 0 false")

    assert row[3:5] == ["3", "2026-01-01T10:00:00Z"]
    assert row[-1] == "the last"
    assert f"--until {SECOND}" in (copy.root / "stand-in" / "asked").read_text()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (f"restarting unhealthy {FIRST} {SECOND} 7 78 false", ["78", "false", "the last"]),
        (f"exited - {FIRST} {SECOND} 0 137 true", ["137", "true", "the last"]),
        (f"running unhealthy {FIRST} {NEVER} 0 0 false", ["", "false", "the last"]),
    ],
)
def test_of_a_container_that_is_not_well_the_last_line_is_shown(
    shown: Shown, state: str, expected: list[str]
) -> None:
    assert shown(state)[-3:] == expected


def test_without_a_container_it_says_how_to_start_them(copy: DeployCopy) -> None:
    docker = copy.root / "docker"
    docker.write_text("#!/bin/sh\n")
    docker.chmod(0o700)

    done = copy.run("deploy/compose/ps.sh", PATH=f"{copy.root}:/usr/bin:/bin")

    assert (done.returncode, done.stdout) == (3, "")
    assert "make compose-up" in done.stderr
