"""Maps each failure to its HTTP status and body; the only such table of the REST API."""

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
from order_service.api.http.resources.schemas import ErrorSchema
from order_service.api.http.status_texts import status_text
from order_service.model.errors import InFlight, PaymentInvalid, TotalPriceTooHigh
from order_service.model.idempotency import Answer, KeyReused

STATUS_OF: Mapping[type[AppError], HTTPStatus] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    PaymentInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TotalPriceTooHigh: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    TimedOut: HTTPStatus.GATEWAY_TIMEOUT,
}
"""The nearest base class counts. An error without a row is a bug: 500."""

RETRY_AFTER_S = "1"

NOTHING_MORE: Mapping[str, Any] = {}

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
        answer = failure(status, error.description or status_text(status))
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
    return present(_refusal(status, message, {"errors": errors} if errors else {}))


def failure_body(status: HTTPStatus, message: str) -> Mapping[str, Any]:
    return _refusal(status, message).body


def present(given: Answer) -> Response:
    answer = jsonify(given.body)
    answer.status_code = given.status
    if given.location is not None:
        answer.headers["Location"] = given.location
    return answer


def answer_of(error: AppError) -> Answer:
    status = next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    message = str(error)
    if isinstance(error, DatabaseUnavailable):
        message = "the database is unavailable, try again later"
    return _refusal(status, message)


def _refusal(status: HTTPStatus, message: str, more: Mapping[str, Any] = NOTHING_MORE) -> Answer:
    body = {"code": status.value, "status": status_text(status), "message": message, **more}
    return Answer(status=status.value, body=body)


def by_field(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """Drop webargs' location level and flatten the messages of list items."""
    fields = {field: told for located in messages.values() for field, told in located.items()}
    return {str(field): list(_flat(told)) for field, told in fields.items()}


def _flat(told: Any) -> list[str]:
    if isinstance(told, Mapping):
        return [f"{index}: {each}" for index, under in told.items() for each in _flat(under)]
    return [str(each) for each in told]


def _known(error: AppError) -> Response:
    answer = present(answer_of(error))
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("dependency_failed", reason=str(error), cause=_cause(error))
    if isinstance(error, InFlight):
        answer.headers["Retry-After"] = RETRY_AFTER_S
    return answer


def _cause(error: BaseException) -> str | None:
    return None if error.__cause__ is None else str(error.__cause__)


def _unknown(error: Exception) -> Response:
    log.error("request_failed", exc_info=error)
    return failure(HTTPStatus.INTERNAL_SERVER_ERROR, "internal server error")
