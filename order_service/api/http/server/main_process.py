"""The main process of several workers: it binds the port and answers nothing itself.

It loads no web framework and opens no client: it stays small. Its only thread before its end
answers scrapes of the metrics.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread

import structlog

from libs.health.heartbeat import Heartbeat, last_touches
from libs.lifecycle.stopping import exit_hard_later
from libs.settings.base import EXIT_BAD_CONFIGURATION
from order_service.api.http.server.workers import KILL_AFTER_S, WorkerMisconfigured, Workers

END_AFTER_S = KILL_AFTER_S + 0.3
"""Seconds from the stop to the hard exit of the main process."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerCommand:
    of_place: Callable[[int], Sequence[str]]
    """Returns the command line of the worker at a place, which is a number from 0 on."""
    environment: Mapping[str, str]


class Life:
    """A pipe that workers read. It ends when this process stops, or dies in whatever way."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()
        self.has_ended = False

    def end(self, exit_code: int) -> None:
        """Let all workers end, and this process too, even if nobody reads its log."""
        if not self.has_ended:
            self.has_ended = True
            os.close(self._write_end)
            exit_hard_later(exit_code, after_s=END_AFTER_S)


class Wakeups:
    """Waits for a signal. One that comes just before the wait ends it, too.

    Signals interrupt nothing else: a worker is never started unnoticed.
    """

    def __init__(self, on_stop: Callable[[], None]) -> None:
        self._read_end, write_end = os.pipe()
        for end in (self._read_end, write_end):
            os.set_blocking(end, False)
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda _signum, _frame: on_stop())
        signal.signal(signal.SIGCHLD, lambda _signum, _frame: None)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)

    def wait(self, timeout_s: float) -> None:
        select.select([self._read_end], [], [], timeout_s)
        with suppress(BlockingIOError):
            os.read(self._read_end, 4096)


def keep_workers(
    number: int, command: WorkerCommand, listener: socket.socket, heartbeat: Heartbeat
) -> int:
    """Run that many workers, which inherit the listener, until SIGTERM; return the exit code."""
    life = Life()
    wakeups = Wakeups(partial(life.end, 0))
    workers = Workers(
        number,
        partial(_start, command, listener, life),
        health=heartbeat,
        beating=partial(_beating, heartbeat),
    )
    log.info("http_workers_begun", number=number)
    exit_code = _tend_until_stopped(workers, life, wakeups)
    listener.close()
    _wait_for_the_end(workers, wakeups)
    log.info("role_stopped")
    return exit_code


def end_with_main_process(is_stopping: Event) -> None:
    """In a worker: do as on SIGTERM when stdin ends, which the main process alone holds open.

    The hard exit's clock runs even if the event loop hangs and notices no signal.
    """

    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)
        if not is_stopping.is_set():
            exit_hard_later()
            os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="end-with-main-process", daemon=True).start()


def _start(
    command: WorkerCommand, listener: socket.socket, life: Life, place: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own command
        command.of_place(place),
        stdin=life.read_end,
        pass_fds=(listener.fileno(),),
        env=command.environment,
    )


def _beating(heartbeat: Heartbeat) -> Collection[int]:
    processes = last_touches(heartbeat.state_dir, heartbeat.name)
    return {int(process.partition("-")[0]) for process in processes}


def _tend_until_stopped(workers: Workers, life: Life, wakeups: Wakeups) -> int:
    try:
        while not life.has_ended:
            workers.tend()
            wakeups.wait(workers.pause_s())
    except WorkerMisconfigured:
        life.end(EXIT_BAD_CONFIGURATION)
        return EXIT_BAD_CONFIGURATION
    return 0


def _wait_for_the_end(workers: Workers, wakeups: Wakeups) -> None:
    deadline = time.monotonic() + KILL_AFTER_S
    while not workers.have_ended():
        if time.monotonic() >= deadline:
            workers.kill()
            deadline += KILL_AFTER_S
        wakeups.wait(max(0.0, deadline - time.monotonic()))
