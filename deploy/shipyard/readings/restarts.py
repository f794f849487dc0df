"""Reads from supervisor's log which processes of the local stack were started again, and why."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from libs.clock import utc_now

ENDED = re.compile(
    r"(?P<at>\S+ \S+),\d+ \w+ exited: '?(?P<name>[\w-]+)'? \((?P<why>.+?); not expected\)"
)

LOOKED_BACK = timedelta(hours=1)


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


def recent_restarts(folder: Path) -> Mapping[str, Restarts]:
    """Return the restarts of the last hour from the log in the folder."""
    return restarts_since(supervisor_log(folder), utc_now() - LOOKED_BACK)


def supervisor_log(folder: Path) -> list[str]:
    """Read the log, with the part before its last rotation."""
    lines: list[str] = []
    for name in ("supervisord.log.1", "supervisord.log"):
        with suppress(FileNotFoundError):
            lines += (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
    return lines
