"""A customer: orders and pays over REST, waits for ships, and reads the chat."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.request import Request
from uuid import uuid4

from tests.rehearsal.building.checkout import Checkout
from tests.rehearsal.problem import Problem
from tests.support.eventually import eventually
from tests.support.servers.telegram import DIRECT, SandboxControl

PART = "379748e9-ab4f-54e2-a409-c66611038de5"
"""A part of the seed catalogue."""

BUILT_WITHIN_S = 75.0
"""Timeout after a single fault, see docs/reliability.md."""

TOLD_WITHIN_S = 120.0
"""The chat gets at most one message a second."""


class Customer:
    def __init__(self, checkout: Checkout) -> None:
        self._base = f"{checkout.api}/api/v1/orders"
        self._key = checkout.api_key

    def buy(self) -> str:
        """Order and pay; return the order's uuid."""
        wanted = {"user_uuid": str(uuid4()), "part_uuids": [PART]}
        order = str(self._call("", wanted)["order_uuid"])
        self._call(f"/{order}/pay", {"payment_method": "CARD"})
        return order

    def status(self, order: str) -> str:
        return str(self._call(f"/{order}")["status"])

    def all_orders(self) -> dict[str, str]:
        """Return the status of each of the newest 100 orders."""
        found = self._call("?limit=100")["orders"]
        return {each["order_uuid"]: each["status"] for each in found}

    def wait_for_ships(self, orders: Sequence[str]) -> None:
        """Wait until each order is ASSEMBLED. Raises Problem that names the others."""

        def waiting() -> list[str]:
            return [order for order in orders if self.status(order) != "ASSEMBLED"]

        try:
            eventually(lambda: not waiting(), within_s=BUILT_WITHIN_S, every_s=1)
        except AssertionError:
            raise Problem(f"not ASSEMBLED within {BUILT_WITHIN_S} s: {waiting()}") from None

    def _call(self, path: str, body: object = None) -> Any:
        request = Request(  # noqa: S310  # loopback
            self._base + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-API-Key": self._key, "Content-Type": "application/json"},
        )
        try:
            with DIRECT.open(request, timeout=30) as answer:
                return json.load(answer)
        except OSError as error:
            raise Problem(f"{request.full_url}: {error}") from error


def wait_until_notified(sandbox: SandboxControl, chat: int, orders: Sequence[str]) -> None:
    """Wait until the chat has both events of each order. Raises Problem that names the others."""

    def untold() -> list[str]:
        text = "".join(sandbox.texts(chat))
        return [order for order in orders if text.count(order) < 2]

    try:
        eventually(lambda: not untold(), within_s=TOLD_WITHIN_S, every_s=1)
    except AssertionError:
        raise Problem(f"the chat has no message of {untold()}") from None


def send_start(sandbox: SandboxControl, chat: int) -> None:
    """Write /start; wait for an answer with the chat's id. Raises Problem."""
    sandbox.type(chat, "/start")
    try:
        eventually(
            lambda: any(str(chat) in text for text in sandbox.texts(chat)), within_s=30, every_s=1
        )
    except AssertionError:
        raise Problem("the bot does not answer /start") from None
