"""The bench's HTTP client against a server of aiohttp."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port, release_port
from tests.bench.load.client import NO_REPLY, Client, Reply
from tests.bench.load.shop import request


async def echo(asked: web.Request) -> web.Response:
    return web.Response(status=201, body=await asked.read())


async def close(_: web.Request) -> web.Response:
    answer = web.Response(body=b"bye")
    answer.force_close()
    return answer


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    app = web.Application()
    app.add_routes([web.post("/echo", echo), web.post("/close", close)])
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, port).start()
        yield port
    finally:
        await runner.cleanup()
        release_port(port)


async def _answers(*paths: str, at_once: bool = False) -> list[Reply]:
    async with server() as port, Client(LOOPBACK, port) as client:
        asked = [client.ask(request("POST", path, {"a": n})) for n, path in enumerate(paths)]
        return list(await asyncio.gather(*asked)) if at_once else [await each for each in asked]


def test_each_of_many_callers_gets_its_own_answer() -> None:
    replies = asyncio.run(_answers(*["/echo"] * 20, at_once=True))

    assert [reply.body for reply in replies] == [b'{"a": %d}' % n for n in range(20)]


def test_a_connection_that_the_server_closes_is_replaced() -> None:
    replies = asyncio.run(_answers("/close", "/echo", "/close", "/echo"))

    assert [reply.status for reply in replies] == [200, 201, 200, 201]


def test_without_a_server_there_is_no_answer() -> None:
    async def ask() -> Reply:
        port = free_port()
        async with Client(LOOPBACK, port) as client:
            reply = await client.ask(request("GET", "/"))
        release_port(port)
        return reply

    assert asyncio.run(ask()) == NO_REPLY
