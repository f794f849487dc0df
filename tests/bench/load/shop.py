"""The four REST calls of a customer."""

import json
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from deploy.local.engines.engine import LOOPBACK
from tests.bench.load.client import Client

API = "/api/v1/orders"

PARTS_OF_AN_ORDER = 3

PAYMENT = {"payment_method": "PAYMENT_METHOD_CARD"}

OK, CREATED = 200, 201


class Shop:
    """Places orders and pays them; remembers the ids of those that it has created."""

    def __init__(self, client: Client, parts: Sequence[UUID]) -> None:
        self._client = client
        self._parts = [str(part) for part in parts]
        self.created: list[str] = []

    async def create(self, _: int) -> bool:
        parts = random.sample(self._parts, PARTS_OF_AN_ORDER)
        body = {"user_uuid": str(uuid4()), "part_uuids": parts}
        reply = await self._client.ask(request("POST", API, body))
        if reply.status != CREATED:
            return False
        self.created.append(json.loads(reply.body)["order_uuid"])
        return True

    async def pay(self, order_uuid: str) -> bool:
        reply = await self._client.ask(request("POST", f"{API}/{order_uuid}/pay", PAYMENT))
        return reply.status == OK

    async def get(self, order_uuid: str) -> bool:
        return (await self._client.ask(request("GET", f"{API}/{order_uuid}"))).status == OK

    async def list_newest(self, _: int) -> bool:
        return (await self._client.ask(request("GET", f"{API}?limit=20"))).status == OK


def request(method: str, path: str, body: Any = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    headers = f"{method} {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Length: {len(content)}\r\n"
    kind = "Content-Type: application/json\r\n" if content else ""
    return f"{headers}{kind}\r\n".encode() + content
