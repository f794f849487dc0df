"""Several processes accept from one listener: here several takers in one event loop."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from deploy.local.engines.engine import LOOPBACK
from order_service.api.http.server.listener import listen
from order_service.api.http.server.turns import TAKEN_AT_ONCE, TakingTurns

CLIENTS = 16


class Taker:
    """Takes its turns at a listener; keeps the connections that it got, and tells of each."""

    def __init__(
        self, listener: socket.socket, told: asyncio.Queue["Taker"], *, others: int
    ) -> None:
        self.taken: list[asyncio.Transport] = []
        self.told = told
        self.turns = TakingTurns(listener.dup(), self._connection, others)

    def _connection(self) -> asyncio.Protocol:
        taker = self

        class Connection(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                assert isinstance(transport, asyncio.Transport)
                taker.taken.append(transport)
                taker.told.put_nowait(taker)

        return Connection()

    def close(self) -> None:
        self.turns.close()
        for transport in self.taken:
            transport.abort()


@pytest.fixture
def listener(port: int) -> Iterator[socket.socket]:
    with listen(LOOPBACK, port) as listener:
        yield listener


async def open_one_by_one(port: int, taken: asyncio.Queue[Taker]) -> None:
    """Open each connection after the one before was taken, as an idle pool of a client does."""
    clients = []
    async with asyncio.timeout(20):
        for _ in range(CLIENTS):
            clients.append(await asyncio.open_connection(LOOPBACK, port))
            await taken.get()
    for _, writer in clients:
        writer.close()


@pytest.mark.parametrize("number", [2, 4])
def test_connections_are_spread_over_all(listener: socket.socket, port: int, number: int) -> None:
    async def run() -> list[int]:
        taken: asyncio.Queue[Taker] = asyncio.Queue()
        takers = [Taker(listener, taken, others=number - 1) for _ in range(number)]
        await open_one_by_one(port, taken)
        for taker in takers:
            taker.close()
        return [len(taker.taken) for taker in takers]

    shares = asyncio.run(run())

    assert sum(shares) == CLIENTS
    assert max(shares) <= CLIENTS / number + TAKEN_AT_ONCE


def test_a_process_that_accepts_nothing_holds_nobody_up(listener: socket.socket, port: int) -> None:
    async def run() -> int:
        taken: asyncio.Queue[Taker] = asyncio.Queue()
        taker = Taker(listener, taken, others=3)
        await open_one_by_one(port, taken)
        taker.close()
        return len(taker.taken)

    assert asyncio.run(run()) == CLIENTS
