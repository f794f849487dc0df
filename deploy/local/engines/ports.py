"""Ports on the loopback interface."""

import contextlib
import os
import random
import socket
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

from deploy.local.engines.engine import LOOPBACK

CANDIDATES = range(20_000, 32_000)
"""Below the ports for outgoing connections: such a connection could take the port of a server that
is down, even the connection of a client that tries to reach the server."""


RESERVATIONS = Path(tempfile.gettempdir()) / f"shipyard-ports-{os.getuid()}"

_reserved: dict[int, FileLock] = {}
"""The ports whose lock this process holds."""


def free_port() -> int:
    """Return a free port that no other call returns until it is released.

    A server may bind it minutes later, and again after it was killed.
    """
    while True:
        port = random.choice(CANDIDATES)  # noqa: S311  # no secret
        if not _reserve(port):
            continue
        if not is_busy(port):
            return port
        release_port(port)


def _reserve(port: int) -> bool:
    """Lock the port's file until it is released or this process ends in any way."""
    RESERVATIONS.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(RESERVATIONS / str(port), blocking=False, thread_local=False)
    with contextlib.suppress(Timeout):
        lock.acquire()
        _reserved[port] = lock
    return lock.is_locked


def release_port(port: int) -> None:
    """Release a port that free_port() returned to this process."""
    _reserved.pop(port).release()


def is_busy(port: int, host: str = LOOPBACK) -> bool:
    """Return True if a server listens there. A connection in TIME_WAIT does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False
