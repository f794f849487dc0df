"""Ports on the loopback interface."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

from deploy.local.engines.engine import LOOPBACK

CANDIDATES = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections: one of those could take the port of a
server while it is down, even a client that tries to reach the server."""


RESERVATIONS = Path(tempfile.gettempdir()) / f"shipyard-ports-{os.getuid()}"

_reserved: dict[int, int] = {}
"""The open files whose locks this process holds, by port."""


def free_port() -> int:
    """Return a port that is free, and that nobody else gets from here until it is released.

    A server may take it minutes later, and take it again after it was killed.
    """
    while True:
        port = random.choice(CANDIDATES)  # noqa: S311  # no secret
        if not _reserve(port):
            continue
        if not is_busy(port):
            return port
        release_port(port)


def _reserve(port: int) -> bool:
    """Lock the port's file until it is released or this process ends, however it does."""
    RESERVATIONS.mkdir(mode=0o700, exist_ok=True)
    file = os.open(RESERVATIONS / str(port), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return False
    _reserved[port] = file
    return True


def release_port(port: int) -> None:
    """Let others have a port that free_port() gave to this process."""
    os.close(_reserved.pop(port))


def is_busy(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server listens there; a connection in TIME_WAIT does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False
