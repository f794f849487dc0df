"""Ports on the loopback interface."""

import random
import socket

from libs.engines.engine import LOOPBACK

CANDIDATES = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections: one of those could take the port of a
server while it is down, even a client that tries to reach the server."""


def free_port() -> int:
    """Return a port that was free a moment ago."""
    while True:
        port = random.choice(CANDIDATES)  # noqa: S311  # no secret
        if not is_busy(port):
            return port


def is_busy(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server listens there; a connection in TIME_WAIT does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False
