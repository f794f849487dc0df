"""Several processes accept from one listener, in turns."""

import asyncio
import socket
from collections.abc import Callable

LEAVE_S = 0.001
"""Seconds for which a process leaves a new connection to the others, when it is their turn."""

TAKEN_AT_ONCE = 4
"""Connections that it takes after that: the others had their chance, and are busy or gone."""

RETRY_S = 1.0
"""Seconds without accepting after an error, such as too many open files."""


class TakingTurns:
    """Accepts connections, and after each one leaves the next ones to the other processes.

    A new connection wakes up every process, and the same one would be the first each time. The
    connections of a client that keeps them would then all be in one process.
    """

    def __init__(
        self,
        listener: socket.socket,
        connections: Callable[[], asyncio.Protocol],
        others: int,
    ) -> None:
        self._listener = listener
        self._connections = connections
        self._others = others
        self._loop = asyncio.get_running_loop()
        self._to_leave = 0
        """How many of the next connections are the turns of others."""
        self._resuming: asyncio.TimerHandle | None = None
        self._opening: set[asyncio.Task[object]] = set()
        listener.setblocking(False)  # noqa: FBT003
        self._watch()

    def close(self) -> None:
        """Accept no more and close the listener."""
        if self._resuming:
            self._resuming.cancel()
        self._loop.remove_reader(self._listener)
        self._listener.close()

    def _watch(self) -> None:
        self._loop.add_reader(self._listener, self._on_connection)

    def _on_connection(self) -> None:
        if self._to_leave:
            self._pause(LEAVE_S, self._after_the_others)
        else:
            self._take()

    def _after_the_others(self) -> None:
        self._to_leave -= 1
        self._watch()
        for _ in range(TAKEN_AT_ONCE):
            if not self._take():
                return

    def _take(self) -> bool:
        """Accept a connection if there is one."""
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError as error:
            self._loop.call_exception_handler({"message": "accept failed", "exception": error})
            self._pause(RETRY_S, self._watch)
            return False
        connection.setblocking(False)  # noqa: FBT003
        self._to_leave = self._others
        opening = self._loop.create_task(
            self._loop.connect_accepted_socket(self._connections, connection)
        )
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        return True

    def _pause(self, seconds: float, then: Callable[[], None]) -> None:
        """Without this the loop would spin: the connection stays where it is."""
        self._loop.remove_reader(self._listener)
        self._resuming = self._loop.call_later(seconds, then)
