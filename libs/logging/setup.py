"""Structured logs on stdout, without secrets: coloured on a terminal, otherwise JSON."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from libs.logging.redacting import redacted
from libs.logging.repeats import NotAgain

TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
"""Tracebacks without local variables: those hold passwords and payloads."""

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


def configure_logging(level: str, *, as_json: bool, stream: TextIO = sys.stdout) -> None:
    """Write the records of structlog and of the standard library to the stream, a line each.

    May be called again: the last call wins.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*SHARED, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(as_json=as_json and not stream.isatty(), colors=stream.isatty()),
            ],
        )
    )
    handler.addFilter(NotAgain("kafka"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _rendering(*, as_json: bool, colors: bool) -> list[Processor]:
    if as_json:
        return [TRACEBACKS, redact, structlog.processors.JSONRenderer()]
    console = structlog.dev.ConsoleRenderer(colors=colors)
    return [structlog.processors.format_exc_info, redact, console]


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
