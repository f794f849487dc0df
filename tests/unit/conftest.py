"""Enforces the rules of unit tests: no process, no socket, no waiting.

A test that needs one of them goes to tests/integration: see tests/README.md.
"""

import gc
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import enumerate as running_threads
from threading import get_ident, main_thread
from typing import Any

import pytest

REFUSED = (
    (os, "fork", "starts a process"),
    (os, "forkpty", "starts a process"),
    (os, "posix_spawn", "starts a process"),
    (os, "system", "starts a process"),
    (subprocess.Popen, "__init__", "starts a process"),
    (socket.socket, "bind", "opens a socket"),
    (socket.socket, "connect", "opens a socket"),
    (socket.socket, "connect_ex", "opens a socket"),
    (socket, "getaddrinfo", "looks up a host"),
)
"""What a unit test may not call, and the rule that each call breaks. The socket pair that an event
loop makes for itself is neither bound nor connected.

No audit hook: one written in Python lets threads fail that start at once under coverage, for the
rest of the process.
"""

MOST_CPU_S = 8.0
"""Most tests take milliseconds; hundreds of generated examples take a second, and with coverage
on a busy machine three."""

MOST_WAITING_S = 2.0
"""Seconds that a test may wait for other things than a processor. Not zero: the first traceback
that is printed reads many files, which takes a second from a cold disk."""

SCHEDULED = Path("/proc/thread-self/schedstat")


class NotAUnitTest(Exception):
    """A unit test did what only other tests may do."""


class _Watched:
    """What the running unit test did, without threads that are older than it."""

    def __init__(self) -> None:
        self.is_on = False
        self.deeds: list[str] = []
        self._others: set[int | None] = set()

    def start(self) -> None:
        self._others = {each.ident for each in running_threads() if each is not main_thread()}
        self.deeds.clear()
        self.is_on = True

    def refuse(self, deed: str) -> None:
        """Store the breach too: the code under test may catch the exception."""
        if self.is_on and get_ident() not in self._others:
            self.deeds.append(deed)
            raise NotAUnitTest(deed)


_watched = _Watched()


def _refusing(call: Callable[..., Any], deed: str) -> Callable[..., Any]:
    """Return a call that only threads older than the test may make."""

    def refused(*args: Any, **options: Any) -> Any:
        _watched.refuse(deed)
        return call(*args, **options)

    return refused


_sleep = time.sleep


def _refuse_to_sleep(seconds: float) -> None:
    if seconds > 0:
        _watched.refuse("sleeps")
    _sleep(seconds)


def pytest_collection_finish() -> None:
    """Exclude imported modules from garbage collection: with them a full one takes 0.3 s."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _unit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for owner, name, deed in REFUSED:
        monkeypatch.setattr(owner, name, _refusing(getattr(owner, name), deed))
    monkeypatch.setattr(time, "sleep", _refuse_to_sleep)
    begun, cpu, scheduled = time.monotonic(), time.thread_time(), _scheduled_s()
    _watched.start()
    yield
    _watched.is_on = False
    if time.thread_time() - cpu > MOST_CPU_S:
        _watched.deeds.append(f"takes more than {MOST_CPU_S} s of a processor")
    if (time.monotonic() - begun) - (_scheduled_s() - scheduled) > MOST_WAITING_S:
        _watched.deeds.append(f"waits more than {MOST_WAITING_S} s")
    if _watched.deeds:
        pytest.fail(f"not a unit test: it {', '.join(dict.fromkeys(_watched.deeds))}")


def _scheduled_s() -> float:
    """Return how long this thread has run on a processor or waited for one."""
    on_cpu_ns, in_line_ns, _ = SCHEDULED.read_text().split()
    return (int(on_cpu_ns) + int(in_line_ns)) / 1e9
