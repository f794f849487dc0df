import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from libs.logging.redacting import redacted
from libs.logging.setup import configure_logging
from tests.unit.libs.logging.test_redacting import ADDRESS, ENCODINGS, URL

TOKEN = f"{1234567890}:{'A' * 35}"


@pytest.fixture(autouse=True)
def _restore_root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    configure_logging("info", as_json=True, stream=stream)
    return stream


def test_a_line_is_json_with_the_bound_context(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(topic="order.paid"):
        structlog.get_logger("here").info("record_handled", offset=7)

    line = json.loads(stream.getvalue())
    assert (line["event"], line["topic"], line["offset"], line["level"]) == (
        "record_handled",
        "order.paid",
        7,
        "info",
    )


def test_records_of_the_standard_library_have_the_same_form(stream: io.StringIO) -> None:
    logging.getLogger("celery").warning("lost %s", "it", extra={"queue": "order"})

    line = json.loads(stream.getvalue())
    assert (line["event"], line["queue"], line["logger"]) == ("lost it", "order", "celery")


def test_a_telegram_token_is_never_logged(stream: io.StringIO) -> None:
    log = structlog.get_logger("here")

    log.info("telegram_called", url=f"https://host/bot{TOKEN}/getMe", nested={"x": [TOKEN]})
    log.error("telegram_failed", exc_info=ValueError(f"bad {TOKEN}"))

    assert TOKEN not in stream.getvalue()
    assert "telegram_failed" in stream.getvalue()


@dataclass
class Shown:
    text: str

    def __repr__(self) -> str:
        return f"Shown({self.text})"


class Answer:
    def __repr__(self) -> str:
        return f"Answer({TOKEN})"


@pytest.mark.parametrize("value", [TOKEN.encode(), {TOKEN: 1}, {"x": {TOKEN}}, Answer()])
def test_a_token_in_any_logged_value_is_redacted(stream: io.StringIO, value: object) -> None:
    structlog.get_logger("here").info("telegram_called", value=value)

    assert TOKEN not in stream.getvalue()
    assert "telegram_called" in stream.getvalue()


def test_a_password_in_an_address_is_redacted(stream: io.StringIO) -> None:
    logging.getLogger("kombu").error("Cannot connect to redis://:%s@host:6379/0", "hunter2")

    assert "hunter2" not in stream.getvalue()
    assert "host:6379" in stream.getvalue()


PIECES = (
    st.sampled_from([URL, ADDRESS, TOKEN]) | st.text(max_size=9) | st.text("%&\\:@1a", max_size=9)
)
CODES = st.just(ENCODINGS["plain"]) | st.sampled_from(list(ENCODINGS.values()))


@given(st.lists(st.tuples(PIECES, CODES, CODES), max_size=4))
def test_whatever_a_text_holds_its_line_shows_it_redacted(pieces: list[Any]) -> None:
    text = "".join(outer(inner(piece)) for piece, inner, outer in pieces)
    stream = io.StringIO()
    configure_logging("info", as_json=True, stream=stream)

    structlog.get_logger("here").info("text_seen", text=text, deep=[{text: 1}], shown=Shown(text))
    logging.getLogger("here").info("%s", text)

    ours, theirs = map(json.loads, stream.getvalue().splitlines())
    assert ours["text"] == theirs["event"] == redacted(text)
    assert ours["deep"] == [{redacted(text): 1}]
    assert ours["shown"] == redacted(f"Shown({text})")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("secret", [URL, ADDRESS], ids=["token", "password"])
def test_a_secret_that_is_alone_in_its_line_is_redacted_however_it_is_encoded(
    stream: io.StringIO, encoding: str, secret: str
) -> None:
    text = ENCODINGS[encoding](secret)

    structlog.get_logger("here").info("text_seen", text=text)

    assert json.loads(stream.getvalue())["text"] == redacted(text) != text


class Unprintable:
    def __repr__(self) -> str:
        raise ValueError("no repr")


class FullDisk(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("stream_class", "value"), [(FullDisk, 1), (io.StringIO, Unprintable())])
def test_no_work_fails_because_of_its_log_and_stderr_says_what_failed(
    stream_class: type[io.StringIO], value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info", as_json=True, stream=stream_class())

    structlog.get_logger("here").info("value_seen", value=value, token=TOKEN)

    errors = capsys.readouterr().err
    assert "value_seen" in errors
    assert TOKEN not in errors


def log_in(password: str) -> None:
    raise ValueError(f"no answer to {len(password)} letters")


def test_a_traceback_shows_the_place_without_the_values_of_variables(stream: io.StringIO) -> None:
    try:
        log_in("hunter2")
    except ValueError:
        structlog.get_logger("here").exception("login_failed")

    line = json.loads(stream.getvalue())
    assert [frame["name"] for frame in line["exception"][0]["frames"]][-1] == "log_in"
    assert "hunter2" not in stream.getvalue()


def test_lines_below_the_level_are_left_out_also_of_a_verbose_library(stream: io.StringIO) -> None:
    structlog.get_logger("here").debug("detail_seen")
    configure_logging("error", as_json=True, stream=stream)
    logging.getLogger("kafka.net").warning("slow")

    assert stream.getvalue() == ""


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours_instead_of_json() -> None:
    terminal = FakeTerminal()
    configure_logging("info", as_json=True, stream=terminal)

    structlog.get_logger("here").info("record_handled")

    assert "\x1b[" in terminal.getvalue()
