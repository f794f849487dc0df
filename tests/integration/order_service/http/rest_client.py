"""A customer of a running order service."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.engines.engine import LOOPBACK
from libs.lifecycle.crashing import EXIT_KILLED
from tests.support.eventually import eventually
from tests.support.roles import RoleProcess, running_role

NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: Message
    text: str


class RestClient:
    """Opens a connection per call, because the server may have died since the last one."""

    def __init__(self, port: int, *, timeout_s: float = 20.0) -> None:
        self.port = port
        self._timeout_s = timeout_s

    def is_alive(self) -> bool:
        try:
            return self.call("GET", "/livez").status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False

    def create(self) -> str:
        """Order one part and return the order's uuid."""
        body = {"user_uuid": str(uuid4()), "part_uuids": [str(uuid4())]}
        answer = self.call("POST", "/api/v1/orders", body)
        assert answer.status == http.HTTPStatus.CREATED, answer
        return str(answer.body["order_uuid"])

    def get(self, order_uuid: str) -> dict[str, Any]:
        return self.call("GET", f"/api/v1/orders/{order_uuid}").body

    def pay(self, order_uuid: str, method: str = "CARD") -> Answer:
        return self.call("POST", f"/api/v1/orders/{order_uuid}/pay", {"payment_method": method})

    def cancel(self, order_uuid: str) -> Answer:
        return self.call("POST", f"/api/v1/orders/{order_uuid}/cancel")

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer:
        """Send once. Raises OSError or http.client.HTTPException when the connection closes."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=self._timeout_s)
        try:
            raw = None if body is None else json.dumps(body)
            told = {"Content-Type": "application/json", **headers}
            with suppress(BrokenPipeError):  # a refusal may arrive before the body is sent
                connection.request(method, path, raw, told)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        is_json = answer.headers.get_content_type() == "application/json"
        return Answer(answer.status, json.loads(text) if is_json else {}, answer.headers, text)


@contextmanager
def http_role(environment: Mapping[str, str]) -> Iterator[tuple[RoleProcess, RestClient]]:
    """Run the HTTP role; yield it and its client once it answers."""
    with running_role("order_service", "http", environment) as process:
        client = RestClient(int(environment["HTTP_PORT"]))
        eventually(client.is_alive, within_s=20)
        yield process, client


@contextmanager
def dying_role(environment: Mapping[str, str], label: str) -> Iterator[RestClient]:
    """Yield the client of a role that dies at the label during the block's last call."""
    with http_role({**environment, "CRASH_AT": label}) as (process, client):
        with pytest.raises((OSError, http.client.HTTPException)):
            yield client
        assert process.wait_for_exit() == EXIT_KILLED
