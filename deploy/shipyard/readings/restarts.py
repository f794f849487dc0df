"""Reads from supervisor's log which processes of the local stack were started again, and why."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ENDED = re.compile(
    r"(?P<at>\S+ \S+),\d+ \w+ exited: '?(?P<name>[\w-]+)'? \((?P<why>.+?); not expected\)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """How often a process ended unasked and was started again, and why it did the last time."""

    number: int
    last_at: datetime
    last_reason: str


def restarts_since(lines: Iterable[str], since: datetime) -> Mapping[str, Restarts]:
    """Return the restarts of each process. The log has the machine's local time."""
    found: dict[str, Restarts] = {}
    for line in lines:
        if not (ended := ENDED.match(line)):
            continue
        at = datetime.fromisoformat(ended["at"]).astimezone()
        if at < since:
            continue
        before = found.get(ended["name"])
        found[ended["name"]] = Restarts(
            number=1 + (before.number if before else 0), last_at=at, last_reason=ended["why"]
        )
    return found


def supervisor_log(folder: Path) -> list[str]:
    """Read the log, with the part before its last rotation."""
    parts = (folder / "supervisord.log.1", folder / "supervisord.log")
    return [
        line
        for part in parts
        if part.exists()
        for line in part.read_text(encoding="utf-8", errors="replace").splitlines()
    ]
