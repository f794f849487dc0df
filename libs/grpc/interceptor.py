"""What surrounds every unary call: errors become statuses, and one line is logged."""

import logging
import time
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

import grpc
import structlog

from libs.grpc.statuses import details_for, status_of

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Behaviour = Callable[[Any, grpc.ServicerContext], Any]

LEVEL_OF = {
    grpc.StatusCode.UNAVAILABLE: logging.WARNING,
    grpc.StatusCode.DEADLINE_EXCEEDED: logging.WARNING,
    grpc.StatusCode.INTERNAL: logging.ERROR,
}
"""Every other status is the caller's own affair and logged as info."""

DO_NOT_RETRY = (("grpc-retry-pushback-ms", "-1"),)
"""Tells the caller's channel that this server lives and has itself waited for what it needs: trying
again at once would only turn a quick answer into the end of the caller's deadline."""

log = structlog.get_logger(__name__)


class CallEdge(grpc.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs only
    """Maps libs.errors kinds to statuses and logs a line per call; gRPC's own services pass."""

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], "Handler | None"],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        handler = continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or handler.unary_unary is None or method.startswith("/grpc."):
            return handler
        return grpc.unary_unary_rpc_method_handler(
            _surrounded(handler.unary_unary, method),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _surrounded(behaviour: Behaviour, method: str) -> Behaviour:
    def call(request: Any, context: grpc.ServicerContext) -> Any:
        started = time.perf_counter()
        try:
            reply = behaviour(request, context)
        except Exception as error:  # noqa: BLE001  # the one place where every failure ends
            _log_failure(method, error, started)
            _abort(context, error)
        log.info("grpc_call_answered", method=method, code="OK", ms=_ms_since(started))
        return reply

    return call


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


def _abort(context: grpc.ServicerContext, error: Exception) -> NoReturn:
    context.set_trailing_metadata(DO_NOT_RETRY)
    context.abort(status_of(error), details_for(error))


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
