"""A stream that becomes silent after a request is ended."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc

from libs.grpc.streams import Streams


async def echo(requests: AsyncIterator[str], _context: object) -> AsyncIterator[str]:
    async for request in requests:
        yield request


async def silent_after(*requests: str) -> AsyncIterator[str]:
    for request in requests:
        yield request
    await asyncio.Event().wait()


def test_a_stream_that_becomes_silent_ends() -> None:
    handler: Any = Streams(idle_s=0.05).bounded(grpc.stream_stream_rpc_method_handler(echo))

    async def answers() -> list[str]:
        return [reply async for reply in handler.stream_stream(silent_after("a", "b"), None)]

    assert asyncio.run(asyncio.wait_for(answers(), 5)) == ["a", "b"]
