"""Reads the logs of the local stack: JSON lines of the roles, plain lines of the engines."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LEVELS = ("debug", "info", "warning", "error", "critical")

TIMESTAMP = re.compile(r'"timestamp": "([^"]+)"')

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

HIDDEN = {"timestamp", "event", "level", "logger"}
"""Fields that a line for readers shows elsewhere or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line of one process. A plain line has the time of the JSON line before it, and no level."""

    process: str
    at: datetime
    text: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> str:
        return str(self.fields.get("level", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines to show; None shows all."""

    since: datetime | None = None
    level: str | None = None
    order: str | None = None

    def has(self, line: LogLine) -> bool:
        if self.since is not None and line.at < self.since:
            return False
        if self.order is not None and self.order not in line.text:
            return False
        return self.level is None or self._is_severe(line.level)

    def _is_severe(self, level: str) -> bool:
        return level in LEVELS and LEVELS.index(level) >= LEVELS.index(self.level or LEVELS[0])


class Parser:
    """Reads the lines of one process, in their order."""

    def __init__(self, process: str) -> None:
        self._process = process
        self._at = BEGINNING

    def __call__(self, text: str) -> LogLine:
        if not (told := TIMESTAMP.search(text)):
            return LogLine(process=self._process, at=self._at, text=text)
        try:
            fields = json.loads(text)
            self._at = datetime.fromisoformat(told[1])
        except ValueError:
            return LogLine(process=self._process, at=self._at, text=text)
        return LogLine(process=self._process, at=self._at, text=text, fields=fields)


def stored_lines(files: Iterable[Path], wanted: Wanted, *, last: int | None) -> list[LogLine]:
    """Return the wanted lines of all files, by time; of each file at most the last ones."""
    found: list[LogLine] = []
    for path in files:
        parse = Parser(path.stem)
        lines = [line for line in map(parse, _texts(path)) if wanted.has(line)]
        found += lines if last is None else lines[-last:]
    return sorted(found, key=lambda line: line.at)


def _texts(path: Path) -> Iterator[str]:
    """Yield the lines of the file, with those from before its last rotation."""
    for part in (path.with_name(f"{path.name}.1"), path):
        if part.exists():
            with part.open(encoding="utf-8", errors="replace") as file:
                yield from (line.rstrip("\n") for line in file)


class Follower:
    """Reads what is appended to a file, also after a rotation."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parse = Parser(path.stem)
        self._position = path.stat().st_size
        self._rest = ""

    def new_lines(self) -> list[LogLine]:
        size = self._path.stat().st_size if self._path.exists() else 0
        if size < self._position:
            self._position, self._rest = 0, ""
        if size == self._position:
            return []
        with self._path.open(encoding="utf-8", errors="replace") as file:
            file.seek(self._position)
            text = self._rest + file.read()
            self._position = file.tell()
        *whole, self._rest = text.split("\n")
        return [self._parse(line) for line in whole]
