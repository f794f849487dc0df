"""Structured logs on stdout, without secrets: coloured on a terminal, otherwise JSON."""

import json
import logging
import sys
from contextlib import nullcontext
from typing import Any, NoReturn, TextIO

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from libs.logging.redacting import SUSPICIOUS, redacted
from libs.logging.repeats import NotAgain

TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
"""Tracebacks without local variables: those hold passwords and payloads."""

JSON = json.JSONEncoder(default=repr)

QUIET_LOGGERS = (
    *("httpx", "httpcore", "kafka", "telegram", "werkzeug", "alembic.runtime.plugins"),
    "flask-limiter",
)
"""Libraries whose INFO lines are noise. Those of httpx also contain the bot's token."""

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
"""Processors for the records of structlog and of the standard library."""


class Lines(logging.StreamHandler[TextIO]):
    """Writes a line for each record of the standard library and for each event of structlog."""

    def __init__(self, stream: TextIO, rendering: list[Processor]) -> None:
        super().__init__(stream)
        self._rendering = rendering
        self.addFilter(NotAgain("kafka"))
        self.setFormatter(
            ProcessorFormatter(
                foreign_pre_chain=[*SHARED, ExtraAdder()],
                processors=[ProcessorFormatter.remove_processors_meta, *rendering],
            )
        )

    def write(self, logger: WrappedLogger, method: str, event: EventDict) -> NoReturn:
        """Write an event as emit writes a record; making one would cost more than the line."""
        try:
            line: Any = event
            for render in self._rendering:
                line = render(logger, method, line)
            with self.lock or nullcontext():
                self.stream.write(f"{line}\n")
                self.stream.flush()
        except Exception:  # noqa: BLE001  # no work fails because of its log
            self.handleError(logging.makeLogRecord({"msg": event.get("event")}))
        raise structlog.DropEvent


def configure_logging(level: str, *, as_json: bool, stream: TextIO = sys.stdout) -> None:
    """Write the records of structlog and of the standard library to the stream, a line each.

    May be called again: the last call wins.
    """
    lines = Lines(stream, _rendering(stream, as_json=as_json))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, lines.write],
        logger_factory=logging.getLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level.upper())
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _rendering(stream: TextIO, *, as_json: bool) -> list[Processor]:
    if as_json and not stream.isatty():
        return [TRACEBACKS, _json_without_secrets]
    console = structlog.dev.ConsoleRenderer(colors=stream.isatty())
    return [structlog.processors.format_exc_info, redact, console]


def _json_without_secrets(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """Look for secrets value by value only if the line as a whole may hold one."""
    line = JSON.encode(event)
    return JSON.encode(redact(logger, method, event)) if SUSPICIOUS.search(line) else line


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Remove Telegram tokens and passwords in addresses from every text, at any depth."""
    return {key: _redacted(value) for key, value in event.items()}


def _redacted(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redacted(value)
        case dict():
            return {_redacted(key): _redacted(each) for key, each in value.items()}
        case list() | tuple():
            return [_redacted(each) for each in value]
        case _:
            # The renderers would write the repr of the object.
            shown = repr(value)
            return value if redacted(shown) == shown else redacted(shown)
