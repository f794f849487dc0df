"""Redis that answers and refuses to write: a replica, without its own replicas, or full."""

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
"""First words of the replies that say so, whatever the command. UNBLOCKED is what those hear who
wait for a task while their Redis becomes a replica."""


class RefusedByRedis(ResponseError):
    """Redis is there and of no use now. The transport counts it among the lost connections."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """The words of Redis; a pipeline adds the command's number and arguments to its errors."""


class Telling:
    """A connection that tells a refusal from a wrong command, and is made anew after one.

    Behind a name that moved to another Redis the old one goes on answering, as a replica.
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
