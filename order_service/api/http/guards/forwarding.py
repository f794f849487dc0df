"""The address of a customer behind a proxy, which anybody else could only claim."""

import socket
import time
from collections.abc import Callable
from ipaddress import ip_address

from libs.resilience.monotonic import MonotonicClock
from order_service.api.http.shared_answer import SharedAnswer

LOOKED_UP_EVERY_S = 5.0
"""Seconds for which a name's addresses are believed; a proxy that is replaced gets a new one."""

NOT_KNOWN: frozenset[str] = frozenset()

Resolve = Callable[[str], frozenset[str]]


def addresses_of(host: str) -> frozenset[str]:
    """Return the addresses of a name; none if it is not known."""
    try:
        return frozenset(str(found[4][0]) for found in socket.getaddrinfo(host, None))
    except OSError:
        return NOT_KNOWN


class TrustedProxy:
    """Believes what the one proxy of this name or address says of its callers.

    One request at a time waits for the name's addresses.
    """

    def __init__(
        self,
        host: str,
        *,
        resolve: Resolve = addresses_of,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._addresses = SharedAnswer(
            lambda: resolve(host),
            at_first=NOT_KNOWN,
            every_s=LOOKED_UP_EVERY_S,
            monotonic=monotonic,
        )

    def customer(self, peer: str, forwarded_for: str | None) -> str:
        """Return whose call it is: the last address of X-Forwarded-For if the proxy wrote it."""
        if forwarded_for is None or peer not in self._addresses():
            return peer
        try:
            return str(ip_address(forwarded_for.rpartition(",")[2].strip()))
        except ValueError:
            return peer
