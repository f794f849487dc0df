"""Detects a Redis that answers but refuses writes: a replica, without replicas, or full."""

from typing import Any

from redis import Connection, SSLConnection
from redis.exceptions import ResponseError

REFUSALS = frozenset(
    {
        "READONLY",
        "NOREPLICAS",
        "OOM",
        "MISCONF",
        "MASTERDOWN",
        "CLUSTERDOWN",
        "UNBLOCKED",
        "BUSY",
    }
)
"""First words of such replies, for any command. UNBLOCKED is the reply to a client that waits for a
task while its Redis becomes a replica."""


class RefusedByRedis(ResponseError):
    """Redis answers but refuses writes. The transport treats it as a lost connection."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """Redis's own message; a pipeline adds the command's number and arguments to errors."""


class Telling:
    """A connection that reconnects after a refusal, which it tells from a wrong command.

    After a failover the name leads to another Redis, but the old one still answers, as a replica.
    """

    def read_response(self, *args: Any, **options: Any) -> Any:
        """Return the reply. Raises RefusedByRedis."""
        try:
            return super().read_response(*args, **options)  # type: ignore[misc]  # of the other base
        except ResponseError as error:
            if (error.status_code or str(error).partition(" ")[0]) not in REFUSALS:
                raise
            self.mark_for_reconnect()  # type: ignore[attr-defined]  # of the other base
            raise RefusedByRedis(str(error)) from None


class TellingConnection(Telling, Connection):
    pass


class TellingSSLConnection(Telling, SSLConnection):
    pass
