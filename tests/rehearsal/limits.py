"""Containers may not write where they should not, and do not need more memory than they may."""

import json
from collections.abc import Iterator

from tests.rehearsal.place import Place
from tests.rehearsal.problem import Problem
from tests.rehearsal.running import Running

PROBE = """
import json, os, sys, tempfile
def writes(folder):
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
print(json.dumps({"user": os.getuid(), **{folder: writes(folder) for folder in sys.argv[1:]}}))
"""

SPARE = 0.75
"""The share of its memory limit that a container may use when little happens."""


def check_writes(place: Place, *, is_whole_system_closed: bool) -> None:
    """Try to write, as the container, where it may and where it may not. Raises Problem."""
    allowed = [str(place.mounts[inside]) for inside in place.container.writable]
    refused = [str(place.folder)]
    if is_whole_system_closed:
        refused += [str(place.root), str(place.root.parent), *_system_folders(place)]
    done = place.run(("python", "-c", PROBE, *allowed, *refused))
    if done.returncode:
        raise Problem(f"{place.container.name}: {done.stdout}")
    seen = json.loads(done.stdout)
    wrong = [f"{folder} is read-only" for folder in allowed if not seen[folder]]
    wrong += [f"{folder} is writable" for folder in refused if seen[folder]]
    if place.people.user is not None and seen["user"] != place.people.user:
        wrong.append(f"it runs as user {seen['user']}")
    if wrong:
        raise Problem(f"{place.container.name}: {'; '.join(wrong)}")


def _system_folders(place: Place) -> Iterator[str]:
    yield "/var/tmp"  # noqa: S108  # in a container it is read-only
    yield str(place.path("/opt/venv"))


def memory_table(running: list[Running]) -> list[str]:
    """Say the most memory that each held and its limit. Raises Problem if there is no room."""
    for each in running:
        if each.peak_memory > SPARE * each.place.container.memory_limit:
            raise Problem(f"memory is too tight: {_memory(each)}")
    return [_memory(each) for each in running]


def _memory(running: Running) -> str:
    peak, limit = running.peak_memory, running.place.container.memory_limit
    return f"{running.name} {peak >> 20} of {limit >> 20} MiB"
