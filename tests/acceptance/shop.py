"""A REST client of any implementation of the contract; uses the standard library only."""

import json
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from tests.acceptance.errors import NoAnswer

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object; empty if the body is something else."""
        try:
            parsed = json.loads(self.text)
        except json.JSONDecodeError:
            return {}
        return parsed if isinstance(parsed, dict) else {}

    def __str__(self) -> str:
        return f"{self.status} {self.text.strip()[:200]}".strip()


class Shop(Protocol):
    def get(self, path: str) -> Answer: ...

    def post(self, path: str, body: dict[str, Any] | None = None) -> Answer: ...


class HttpShop(Shop):
    """Sends each request once and returns any status. Raises NoAnswer."""

    def __init__(self, url: str, *, api_key: str = "") -> None:
        self._base = f"{url.rstrip('/')}/api/v1"
        self._opener = build_opener(ProxyHandler({}))
        self._opener.addheaders = [("X-API-Key", api_key)] if api_key else []

    def get(self, path: str) -> Answer:
        return self._send(Request(self._base + path))  # noqa: S310  # the operator names the address

    def post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        return self._send(Request(self._base + path, content, headers, method="POST"))  # noqa: S310  # the operator names the address

    def _send(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as response:
                return Answer(response.status, response.read().decode())
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read().decode())
        except (URLError, OSError) as error:
            raise NoAnswer(f"{request.full_url} ({getattr(error, 'reason', error)})") from error
