"""The one table of the REST side: which status and body each failure gets."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, jsonify
from flask_smorest import Api
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from libs.errors import AppError, Conflict, InvalidInput, NotFound, TimedOut, Unavailable
from libs.postgres.engine import DatabaseUnavailable
from order_service.api.http.schemas import ErrorSchema
from order_service.model.errors import PaymentInFlight, PaymentInvalid, TotalPriceTooHigh

STATUS_OF: Mapping[type[AppError], HTTPStatus] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    PaymentInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TotalPriceTooHigh: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    TimedOut: HTTPStatus.GATEWAY_TIMEOUT,
}
"""The nearest kind counts; what is in no row is a bug."""

RETRY_AFTER_S = "1"

log = structlog.get_logger(__name__)


class ContractApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest with the error body of the contract: always a message, errors by field."""

    ERROR_SCHEMA = ErrorSchema

    def handle_http_exception(self, error: HTTPException) -> WerkzeugResponse:
        if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return error.get_response()
        status = HTTPStatus(error.code)
        refused = getattr(error, "data", {}).get("messages")
        if refused is not None:
            return failure(status, "the request does not fit its schema", by_field(refused))
        answer = failure(status, error.description or status.phrase)
        for name, value in error.get_headers():
            if name not in {"Content-Type", "Content-Length"}:
                answer.headers[name] = value
        return answer


def register_failures(app: Flask) -> None:
    app.register_error_handler(AppError, _known)
    app.register_error_handler(Exception, _unknown)


def failure(
    status: HTTPStatus, message: str, errors: Mapping[str, list[str]] | None = None
) -> Response:
    body: dict[str, Any] = {"code": status.value, "status": status.phrase, "message": message}
    if errors:
        body["errors"] = errors
    answer = jsonify(body)
    answer.status_code = status.value
    return answer


def by_field(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """Take webargs' location away and flatten what stands under an index."""
    fields = {field: told for located in messages.values() for field, told in located.items()}
    return {str(field): list(_flat(told)) for field, told in fields.items()}


def _flat(told: Any) -> list[str]:
    if isinstance(told, Mapping):
        return [f"{index}: {each}" for index, under in told.items() for each in _flat(under)]
    return [str(each) for each in told]


def _known(error: AppError) -> Response:
    status = next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("dependency_failed", reason=str(error), cause=_cause(error))
    if isinstance(error, DatabaseUnavailable):
        return failure(status, "the database is unavailable, try again later")
    answer = failure(status, str(error))
    if isinstance(error, PaymentInFlight):
        answer.headers["Retry-After"] = RETRY_AFTER_S
    return answer


def _cause(error: BaseException) -> str | None:
    return None if error.__cause__ is None else str(error.__cause__)


def _unknown(error: Exception) -> Response:
    log.error("request_failed", exc_info=error)
    return failure(HTTPStatus.INTERNAL_SERVER_ERROR, "internal server error")
