"""Limits the streams of gRPC's own services, health and reflection. They use no thread."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

MOST_STREAMS = 64
"""Streams at once; one more is RESOURCE_EXHAUSTED."""

IDLE_S = 30.0
"""Seconds that a reflection stream may be silent; then the server ends it with OK."""


class Streams:
    def __init__(self, *, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self._open = 0

    def bounded(self, handler: Any) -> Any:
        """Return the handler; a handler of streams is wrapped with the limits."""
        if handler is None or not handler.response_streaming:
            return handler
        build, behaviour = (
            (grpc.stream_stream_rpc_method_handler, self._asked(handler.stream_stream))
            if handler.request_streaming
            else (grpc.unary_stream_rpc_method_handler, self._watched(handler.unary_stream))
        )
        return build(
            behaviour,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _asked(self, behaviour: Callable[..., Any]) -> Callable[..., Any]:
        async def stream(requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
            async with self._place(context):
                async for reply in behaviour(self._until_idle(requests), context):
                    yield reply

        return stream

    def _watched(self, behaviour: Callable[..., Any]) -> Callable[..., Any]:
        async def stream(request: Any, context: Any) -> None:
            async with self._place(context):
                await behaviour(request, context)

        return stream

    async def _until_idle(self, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        while True:
            try:
                async with asyncio.timeout(self._idle_s):
                    request = await anext(requests)
            except (TimeoutError, StopAsyncIteration):
                return
            yield request

    @asynccontextmanager
    async def _place(self, context: Any) -> AsyncIterator[None]:
        if self._open >= MOST_STREAMS:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many streams at once")
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
