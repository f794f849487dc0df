"""The demo's customer: picks parts, orders over REST, pays, and reads the orders' status."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import httpx

from deploy.local.demo.journey import Journey
from libs.contracts.inventory.v1.inventory_pb2 import ListPartsRequest
from libs.contracts.inventory.v1.inventory_pb2_grpc import InventoryServiceStub
from libs.grpc.channel import open_channel

PAYMENT_METHODS = ("CARD", "SBP", "CREDIT_CARD", "INVESTOR_MONEY")
CALL_TIMEOUT_S = 10.0
AT_ONCE = 8
"""Requests in flight together."""

PAGE = 100
"""Orders that one GET /orders may return."""


def seed_parts(host: str, port: int) -> list[UUID]:
    """Return the part ids of the inventory's catalogue."""
    with open_channel(host, port) as channel:
        reply = InventoryServiceStub(channel).ListParts(ListPartsRequest(), timeout=CALL_TIMEOUT_S)
    return [UUID(part.uuid) for part in reply.parts]


class Customer:
    """One user of the REST API. Raises httpx.HTTPError on every error status."""

    def __init__(self, api_url: str, parts: Sequence[UUID], *, api_key: str = "") -> None:
        self._http = httpx.Client(
            base_url=f"{api_url}/api/v1",
            headers={"X-API-Key": api_key} if api_key else None,
            timeout=CALL_TIMEOUT_S,
            trust_env=False,
        )
        self._parts = parts
        self._user_uuid = uuid4()

    def close(self) -> None:
        self._http.close()

    def order_ships(self, count: int) -> list[Journey]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._order_ship, range(1, count + 1)))

    def pay_all(self, journeys: Sequence[Journey]) -> None:
        """Pay every order, as many at once as the API allows."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._pay, journeys))

    def statuses(self) -> dict[UUID, str]:
        """Return the status of this customer's newest orders."""
        reply = self._http.get("/orders", params={"user_uuid": str(self._user_uuid), "limit": PAGE})
        reply.raise_for_status()
        return {UUID(order["order_uuid"]): order["status"] for order in reply.json()["orders"]}

    def _order_ship(self, number: int) -> Journey:
        wanted = random.sample(self._parts, k=random.randint(2, 6))  # noqa: S311  # a shopping list
        reply = self._http.post(
            "/orders",
            json={
                "user_uuid": str(self._user_uuid),
                "part_uuids": [str(part) for part in wanted],
            },
        )
        reply.raise_for_status()
        body = reply.json()
        return Journey(
            number=number,
            order_uuid=UUID(body["order_uuid"]),
            total_price=body["total_price"],
        )

    def _pay(self, journey: Journey) -> None:
        method = PAYMENT_METHODS[journey.number % len(PAYMENT_METHODS)]
        reply = self._http.post(
            f"/orders/{journey.order_uuid}/pay", json={"payment_method": method}
        )
        reply.raise_for_status()
