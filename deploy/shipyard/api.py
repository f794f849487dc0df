"""The REST API, for the commands that act as a customer."""

from http import HTTPStatus
from typing import Any, Self

import httpx

from deploy.local.configuration.environment import api_key
from deploy.shipyard.exits import Away, Refused
from deploy.shipyard.surroundings import Surroundings

READ_TIMEOUT_S = 3.0

WRITE_TIMEOUT_S = 8.0
"""Longer than a payment may take: an answer that nobody waits for would leave the caller unsure."""

PAGE = 100
"""Most orders that one call returns."""

SERVER = "the REST API (order http)"

NOT_ANSWERED = {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}


class Api:
    """Every call raises Away if nobody answers, and Refused with the answer's message."""

    def __init__(self, url: str, *, key: str = "") -> None:
        self._url = url
        self._http = httpx.Client(
            base_url=f"{url}/api/v1",
            headers={"X-API-Key": key} if key else None,
            timeout=READ_TIMEOUT_S,
            trust_env=False,
        )

    @classmethod
    def of(cls, surroundings: Surroundings) -> Self:
        return cls(surroundings.api_url, key=api_key(surroundings.caller))

    def get(self, path: str, **query: Any) -> Any:
        given = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", path, params=given)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._call("POST", path, json=body, timeout=WRITE_TIMEOUT_S)

    def orders(self, *, limit: int, **query: Any) -> list[dict[str, Any]]:
        """Return at most limit orders, newest first, page by page."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while len(found) < limit:
            page = self.get("/orders", limit=min(PAGE, limit - len(found)), cursor=cursor, **query)
            found += page["orders"]
            cursor = page.get("next_cursor")
            if cursor is None:
                break
        return found

    def _call(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = self._http.request(method, path, **content)
        except httpx.TimeoutException as error:
            raise Away(SERVER, f"no answer from {self._url} in time") from error
        except httpx.HTTPError as error:
            raise Away(SERVER, f"{self._url}: {error}") from error
        if answer.status_code in NOT_ANSWERED:
            raise Away("a server behind the REST API", _message(answer))
        if answer.is_error:
            raise Refused(_message(answer))
        return answer.json() if answer.content else None


def _message(answer: httpx.Response) -> str:
    try:
        body = answer.json()
        fields = [f"{name}: {', '.join(told)}" for name, told in body.get("errors", {}).items()]
        return "; ".join([str(body["message"]), *fields])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{answer.status_code} {answer.reason_phrase}"
