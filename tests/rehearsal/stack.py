"""Starts, checks and stops the containers of the projects."""

import json
import signal
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.compose.projects import PROJECTS
from tests.rehearsal.building.checkout import Checkout
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.problem import Problem
from tests.support.eventually import eventually

HEALTHY_WITHIN_S = 150.0
"""The start period of 90 s plus the longest interval of a health check."""

BAD_CONFIGURATION = 78

JAVA = ("kafka", "kafka-ui")
"""Exit codes of Java after a clean end by a signal."""


def images_of(checkout: Checkout) -> dict[str, str]:
    """Return the image of each container in the compose files."""
    found: dict[str, str] = {}
    for project in PROJECTS:
        config = checkout.bash(f"deploy/compose/compose.sh {project} config --format json")
        services = json.loads(config)["services"]
        found |= {each["container_name"]: each["image"] for each in services.values()}
    return found


def wait_healthy(docker: Docker, *, but: tuple[str, ...] = ()) -> list[str]:
    """Wait until every container is healthy, and every job is done; return their names.

    Raises Problem that names the others.
    """
    names = [name for name in docker.containers() if name not in but]
    try:
        eventually(lambda: not _unwell(docker, names), within_s=HEALTHY_WITHIN_S, every_s=1)
    except AssertionError:
        wrong = _unwell(docker, names)
        logs = "\n".join(docker.log(name)[-2000:] for name in wrong)
        raise Problem(f"not healthy: {', '.join(wrong.values())}\n{logs}") from None
    return names


def _unwell(docker: Docker, names: list[str]) -> dict[str, str]:
    states = {each["Name"][1:]: each["State"] for each in docker.inspect(*names)}
    return {name: f"{name} {_word(state)}" for name, state in states.items() if not _is_well(state)}


def _is_well(state: Mapping[str, Any]) -> bool:
    if health := state.get("Health"):
        return bool(state["Running"]) and health["Status"] == "healthy"
    return state["Status"] == "exited" and not state["ExitCode"]


def _word(state: Mapping[str, Any]) -> str:
    health = state.get("Health")
    return f"{state['Status']} ({health['Status'] if health else state['ExitCode']})"


def check_refusals(docker: Docker, waiting: Mapping[str, str]) -> None:
    """Check that each container exits with 78 and names its missing variable."""
    for name, variable in waiting.items():
        try:
            eventually(partial(_refuses, docker, name, variable), within_s=30, every_s=1)
        except AssertionError:
            raise Problem(f"{name} does not ask for {variable}: {docker.log(name)}") from None


def _refuses(docker: Docker, name: str, variable: str) -> bool:
    (found,) = docker.inspect(name)
    has_exited = found["RestartCount"] > 0 and found["State"]["ExitCode"] == BAD_CONFIGURATION
    return has_exited and variable in docker.log(name)


@contextmanager
def orderly_stop(docker: Docker) -> Iterator[None]:
    """Watch containers stop. Raises Problem if one was killed or did not exit with 0."""
    watcher = subprocess.Popen(
        [
            *(str(docker.program), "events", "--filter", "type=container"),
            *("--filter", "event=kill", "--filter", "event=die", "--format", "{{json .}}"),
        ],
        env=dict(docker.shell),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield
    finally:
        watcher.terminate()
        seen, _ = watcher.communicate(timeout=10)
    if wrong := list(disorder(seen)):
        raise Problem("; ".join(wrong))


def disorder(seen: str) -> Iterator[str]:
    """Return what is wrong with the exits in `docker events`, one JSON object per line."""
    ends: dict[str, list[str]] = defaultdict(list)
    for event in map(json.loads, seen.splitlines()):
        told = event["Actor"]["Attributes"]
        if told.get("signal") == str(int(signal.SIGKILL)):
            yield f"{told['name']} had to be killed after its grace period"
        if "exitCode" in told:
            ends[told["name"]].append(told["exitCode"])
    if not ends:
        yield "no container stopped"
    for name, codes in ends.items():
        allowed = {"0", "143"} if name in JAVA else {"0"}
        if set(codes) - allowed:
            yield f"{name} ended with {', '.join(codes)}"
