"""Asks servers with a deadline, so that a command ends in seconds whatever is broken."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import DBAPIError

from deploy.shipyard.exits import Away
from libs.errors import Unavailable
from libs.postgres.engine import first_line

T = TypeVar("T")

ANSWERED_WITHIN_S = 4.0
"""Seconds after the start of the process for all questions of a command; so it ends within 5."""

LEAST_S = 1.5
"""Seconds for them however slowly a busy machine starts a process."""

STARTED = 19
"""Place of the start in /proc/self/stat, counted behind the name: see proc_pid_stat(5)."""


class Question(Generic[T]):
    """A question to one server, asked in a thread that nobody waits for after the deadline."""

    def __init__(self, server: str, ask: Callable[[], T]) -> None:
        self._server = server
        self._ask = ask
        self._answers: list[T] = []
        self._failures: list[Exception] = []
        self._thread = Thread(target=self._run, name=f"ask-{server}", daemon=True)
        self._thread.start()

    def answer(self, *, timeout_s: float) -> T:
        """Wait for the answer. Raises Away if the server fails or does not answer in time."""
        self._thread.join(max(timeout_s, 0.0))
        if self._answers:
            return self._answers[0]
        if not self._failures:
            raise Away(self._server, "it does not answer in time")
        failure = self._failures[0]
        if isinstance(failure, Unavailable):
            raise Away(self._server, str(failure)) from failure
        if isinstance(failure, DBAPIError):  # such as a right that this user does not have
            raise Away(self._server, first_line(failure)) from failure
        raise failure

    def _run(self) -> None:
        try:
            self._answers.append(self._ask())
        except Exception as error:  # noqa: BLE001  # raised again where the answer is awaited
            self._failures.append(error)


def ask(server: str, question: Callable[[], T]) -> T:
    """Return the server's answer. Raises Away."""
    return Question(server, question).answer(timeout_s=_time_left_s())


def ask_all(
    questions: Mapping[str, Callable[[], Any]], *, beyond_s: float = 0.0
) -> tuple[dict[str, Any], list[Away]]:
    """Ask several servers at once; return the answers, and who is away.

    beyond_s is how much longer than others these questions may take.
    """
    until_s = time.monotonic() + _time_left_s() + beyond_s
    asked = {server: Question(server, question) for server, question in questions.items()}
    answers: dict[str, Any] = {}
    away: list[Away] = []
    for server, question in asked.items():
        try:
            answers[server] = question.answer(timeout_s=until_s - time.monotonic())
        except Away as error:
            away.append(error)
    return answers, away


def _time_left_s() -> float:
    return max(LEAST_S, ANSWERED_WITHIN_S - _age_s())


def _age_s() -> float:
    """Return the age of this process: on a busy machine its imports alone may take seconds."""
    after_name = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2]
    started_s = int(after_name.split()[STARTED]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started_s
