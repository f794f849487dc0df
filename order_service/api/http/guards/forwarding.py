"""The address of a customer behind a proxy, which anybody else could only claim."""

import socket
import time
from collections.abc import Callable
from ipaddress import ip_address

LOOKED_UP_EVERY_S = 5.0
"""Seconds for which a name's addresses are believed; a proxy that is replaced gets a new one."""

Resolve = Callable[[str], frozenset[str]]


def addresses_of(host: str) -> frozenset[str]:
    """Return the addresses of a name; none if it is not known."""
    try:
        return frozenset(str(found[4][0]) for found in socket.getaddrinfo(host, None))
    except OSError:
        return frozenset()


class TrustedProxy:
    """Believes what the one proxy of this name or address says of its callers."""

    def __init__(
        self,
        host: str,
        *,
        resolve: Resolve = addresses_of,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = host
        self._resolve = resolve
        self._ticks = ticks
        self._known: tuple[float, frozenset[str]] | None = None

    def customer(self, peer: str, forwarded_for: str | None) -> str:
        """Return whose call it is: the last address of X-Forwarded-For if the proxy wrote it."""
        if forwarded_for is None or peer not in self._addresses():
            return peer
        try:
            return str(ip_address(forwarded_for.rpartition(",")[2].strip()))
        except ValueError:
            return peer

    def _addresses(self) -> frozenset[str]:
        now = self._ticks()
        if self._known is None or now - self._known[0] > LOOKED_UP_EVERY_S:
            self._known = (now, self._resolve(self._host))
        return self._known[1]
