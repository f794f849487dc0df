"""Ports on the loopback interface."""

import os
import random
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from deploy.local.engines.engine import LOOPBACK

CANDIDATES = range(20_000, 32_000)
"""Below the ports for outgoing connections: such a connection could take the port of a server that
is down, even the connection of a client that tries to reach the server."""


RESERVATIONS = Path(tempfile.gettempdir()) / f"shipyard-ports-{os.getuid()}"

_reserved: dict[int, Sequence[FileLock]] = {}
"""The first port of each reservation of this process, with its locks."""


def free_port(number: int = 1) -> int:
    """Return the first of that many free ports in a row; no other call returns one of them.

    A server may bind it minutes later, and again after it was killed.
    """
    while True:
        first = random.choice(CANDIDATES)  # noqa: S311  # no secret
        ports = range(first, first + number)
        if not _reserve(ports):
            continue
        if not any(map(is_busy, ports)):
            return first
        release_port(first)


def _reserve(ports: Sequence[int]) -> bool:
    """Lock the ports' files until they are released or this process ends in any way."""
    RESERVATIONS.mkdir(mode=0o700, exist_ok=True)
    locks = [
        FileLock(RESERVATIONS / str(port), blocking=False, thread_local=False) for port in ports
    ]
    try:
        for lock in locks:
            lock.acquire()
    except Timeout:
        for lock in locks:
            lock.release()
        return False
    _reserved[ports[0]] = locks
    return True


def release_port(port: int) -> None:
    """Release what free_port() returned to this process."""
    for lock in _reserved.pop(port):
        lock.release()


def is_busy(port: int, host: str = LOOPBACK) -> bool:
    """Return True if a server listens there. A connection in TIME_WAIT does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False
