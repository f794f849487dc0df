"""The server's own refusals, in the form of the application's error bodies."""

from http import HTTPStatus

from aiohttp import web

from order_service.api.http.failures import RETRY_AFTER_S, failure_body
from order_service.api.http.guards.security_headers import HEADERS, NOTHING_RUNS

SECURITY = {**HEADERS, "Content-Security-Policy": NOTHING_RUNS, "Cache-Control": "no-store"}


def refusal(status: HTTPStatus, message: str) -> web.Response:
    """Refuse and close the connection: the rest of its bytes cannot be trusted."""
    answer = web.json_response(failure_body(status, message), status=status, headers=SECURITY)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = RETRY_AFTER_S
    answer.force_close()
    return answer
