"""Finds problems of this machine and of the stack, and says how to fix them."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.local.configuration.busy_ports import port_problems
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import daemon_of, plan_from_environment, plan_of_running
from deploy.local.errors import CannotStart
from deploy.local.supervision.processes import stack_processes
from deploy.local.supervision.readiness import pending_reasons, problems_of

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 14)

NEEDED_DISK_BYTES = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. problems is empty if there are none."""

    what: str
    problems: tuple[str, ...] = ()


def examine(folders: Folders) -> Iterator[Finding]:
    """Run every check and yield its result. Changes nothing."""
    yield Finding("Python", tuple(_python_problems()))
    yield Finding("disk", tuple(_disk_problems(folders)))
    try:
        stack = plan_of_running(folders)
    except CannotStart as error:
        yield Finding("environment", error.problems)
        return
    daemon = daemon_of(stack)
    if daemon.is_running():
        reasons = pending_reasons(stack.programs(), daemon.processes())
        yield Finding("processes", tuple(problems_of(reasons)))
    elif left := tuple(_leftover_problems(folders)):
        yield Finding("leftovers", left)
    else:
        would_be = plan_from_environment(folders)
        yield Finding("ports", tuple(port_problems(would_be.environments)))


def _python_problems() -> Iterator[str]:
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        yield (
            f"Python {found} is not supported: remove .venv and run"
            " `make setup PYTHON=/path/to/python3.11`"
        )


def _disk_problems(folders: Folders) -> Iterator[str]:
    place = folders.local if folders.local.exists() else folders.local.parent
    free = shutil.disk_usage(place).free
    if free < NEEDED_DISK_BYTES:
        yield f"{free / 2**30:.1f} GiB are free under {place}, 2 are needed: make room"
    if not os.access(place, os.W_OK):
        yield f"{place} is not writable: `chown -R $USER {place}`"


def _leftover_problems(folders: Folders) -> Iterator[str]:
    if left := stack_processes(folders):
        pids = ", ".join(str(process.pid) for process in left)
        yield f"the supervisor is gone but its processes run ({pids}): `make down` ends them"
