"""A timeout for every wait for PostgreSQL.

TCP does not notice a server that is frozen while its machine goes on acknowledging packets: libpq
waits for it forever. psycopg2 waits in a callback, one for the whole process; this one has a
deadline.
"""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2 import OperationalError
from psycopg2.extensions import POLL_OK, POLL_READ, STATUS_SETUP, connection, set_wait_callback

CONNECT_TIMEOUT_S = 3.0
"""Needed because libpq ignores connect_timeout when a callback waits."""

ANSWER_TIMEOUT_S = 7.0
"""Longer than statement_timeout, so that the server itself reports a slow statement."""


def wait_with_deadline(waiting: connection) -> None:
    """Return when the server has answered. Raises OperationalError; psycopg2 then disconnects."""
    timeout_s = CONNECT_TIMEOUT_S if waiting.status == STATUS_SETUP else ANSWER_TIMEOUT_S
    deadline = time.monotonic() + timeout_s
    while (state := waiting.poll()) != POLL_OK:
        socket = select.poll()
        socket.register(waiting.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        if not socket.poll(1000 * max(0.0, deadline - time.monotonic())):
            raise OperationalError(f"no answer within {timeout_s:.0f} s")


def set_deadline() -> None:
    set_wait_callback(wait_with_deadline)


@contextmanager
def no_deadline() -> Iterator[None]:
    """Remove the timeout of statements, for every connection of this process."""
    set_wait_callback(None)
    try:
        yield
    finally:
        set_deadline()
