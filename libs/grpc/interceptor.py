"""Wraps every call: maps errors to statuses, logs one line, and limits what a call can hold."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from typing import Any, NoReturn

import grpc
import structlog
from grpc import aio

from libs.grpc.statuses import details_for, status_of
from libs.grpc.streams import Streams
from libs.metrics.declared.requests import GRPC_CALL
from libs.metrics.instruments import histograms

Behaviour = Callable[[Any, Any], Any]

MOST_CALLS = 128
"""Calls in progress at once. One more is RESOURCE_EXHAUSTED, so that the others are not late."""

REQUEST_TIMEOUT_S = 5.0
"""Seconds from the start of a call until its request message must have arrived."""

LEVEL_OF = {
    grpc.StatusCode.UNAVAILABLE: logging.WARNING,
    grpc.StatusCode.DEADLINE_EXCEEDED: logging.WARNING,
    grpc.StatusCode.INTERNAL: logging.ERROR,
}
"""Every other status is the caller's fault and is logged as info."""

DO_NOT_RETRY = (("grpc-retry-pushback-ms", "-1"),)
"""Tells the caller's channel not to retry. This server is alive and has waited for its own
dependency: a retry would only use up the caller's deadline."""

log = structlog.get_logger(__name__)


class CallEdge(aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs only
    """Answers calls in the threads of a pool; a call holds one from its request to its reply.

    Maps the kinds of libs.errors to statuses and logs a line per call. The event loop answers
    gRPC's own services, health and reflection, and without a pool every call; Streams limits the
    streams.
    """

    def __init__(self, pool: Executor | None) -> None:
        self._pool = pool
        self._in_hand = 0
        self._streams = Streams()
        self._durations_s = histograms(GRPC_CALL)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method.startswith("/grpc."):
            return self._streams.bounded(handler)
        # The same on the wire, but only a stream handler can limit the wait for the request.
        return grpc.stream_unary_rpc_method_handler(
            self._surrounded(handler.unary_unary, method),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _surrounded(self, behaviour: Behaviour, method: str) -> Behaviour:
        async def call(requests: AsyncIterator[Any], context: Any) -> Any:
            request = await _the_request(requests, context)
            if self._in_hand >= MOST_CALLS:
                await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many calls at once")
            started = time.perf_counter()
            code = grpc.StatusCode.OK
            self._in_hand += 1
            try:
                reply = await self._answer(behaviour, request)
            except asyncio.CancelledError:
                code = grpc.StatusCode.CANCELLED
                log.info("grpc_call_abandoned", method=method, ms=_ms_since(started))
                raise
            except Exception as error:  # noqa: BLE001  # the one place where every failure ends
                code = status_of(error)
                _log_failure(method, error, started)
                await _abort(context, error)
            finally:
                self._in_hand -= 1
                self._durations_s[method, code.name].observe(time.perf_counter() - started)
            log.info("grpc_call_answered", method=method, code="OK", ms=_ms_since(started))
            return reply

        return call

    async def _answer(self, behaviour: Behaviour, request: Any) -> Any:
        if self._pool is None:
            return behaviour(request, None)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, behaviour, request, None)


async def _the_request(requests: AsyncIterator[Any], context: Any) -> Any:
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            return await anext(requests)
    except TimeoutError:
        await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "no request message arrived in time")
    except StopAsyncIteration:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the call has no request message")


def _log_failure(method: str, error: Exception, started: float) -> None:
    code = status_of(error)
    log.log(
        LEVEL_OF.get(code, logging.INFO),
        "grpc_call_answered",
        method=method,
        code=code.name,
        ms=_ms_since(started),
        reason=str(error),
        cause=error.__cause__ and repr(error.__cause__),
        exc_info=error if code is grpc.StatusCode.INTERNAL else None,
    )


async def _abort(context: Any, error: Exception) -> NoReturn:
    context.set_trailing_metadata(DO_NOT_RETRY)
    await context.abort(status_of(error), details_for(error))
    raise AssertionError


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
