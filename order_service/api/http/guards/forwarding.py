"""Finds the customer's address behind a trusted proxy; ignores what other callers claim."""

import socket
import time
from collections.abc import Callable
from ipaddress import ip_address

from libs.resilience.monotonic import MonotonicClock
from order_service.api.http.shared_answer import SharedAnswer

LOOKED_UP_EVERY_S = 5.0
"""Seconds for which a name's addresses are cached; a replaced proxy gets a new address."""

NOT_KNOWN: frozenset[str] = frozenset()

Resolve = Callable[[str], frozenset[str]]


def addresses_of(host: str) -> frozenset[str]:
    """Return the addresses of a name; an empty set if it cannot be resolved."""
    try:
        return frozenset(str(found[4][0]) for found in socket.getaddrinfo(host, None))
    except OSError:
        return NOT_KNOWN


class TrustedProxy:
    """Trusts X-Forwarded-For of the one proxy with this name or address.

    Only one request at a time waits for the name to be resolved.
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
        """Return the caller's address: the last one of X-Forwarded-For if the proxy sent it."""
        if forwarded_for is None or peer not in self._addresses():
            return peer
        try:
            return str(ip_address(forwarded_for.rpartition(",")[2].strip()))
        except ValueError:
            return peer
