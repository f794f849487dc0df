"""The acceptance flow: builds one order and cancels another, as a customer."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.acceptance.errors import Surprise
from tests.acceptance.shop import Answer, Shop

PAID_WITHIN_S = 1.0
ASSEMBLED_WITHIN_S = 12.0
"""Seconds after the answer to pay; the longest build takes ten."""

LOOK_EVERY_S = 0.2

ListParts = Callable[[], list[dict[str, Any]]]
Say = Callable[[str], None]


class AcceptanceFlow:
    """Prints a line per step. The first failed step raises Surprise."""

    def __init__(
        self,
        shop: Shop,
        list_parts: ListParts,
        say: Say,
        *,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._shop = shop
        self._list_parts = list_parts
        self._say = say
        self._ticks = ticks
        self._sleep = sleep

    def __call__(self) -> None:
        parts = self._parts_by_reflection()
        self._an_order_is_built(parts)
        self._an_order_is_cancelled(parts)

    def _an_order_is_built(self, parts: list[dict[str, Any]]) -> None:
        order = self._create(parts)
        self._sees(order, {"PENDING_PAYMENT"}, within_s=0)
        self._pay(order)
        paid_at = self._ticks()
        self._sees(order, {"PAID", "ASSEMBLED"}, within_s=PAID_WITHIN_S)
        left_s = paid_at + ASSEMBLED_WITHIN_S - self._ticks()
        self._sees(order, {"ASSEMBLED"}, within_s=left_s)

    def _an_order_is_cancelled(self, parts: list[dict[str, Any]]) -> None:
        order = self._create(parts)
        self._expect("cancel", 204, self._shop.post(f"/orders/{order}/cancel"))
        self._sees(order, {"CANCELLED"}, within_s=0)

    def _parts_by_reflection(self) -> list[dict[str, Any]]:
        parts = self._list_parts()
        if not parts:
            raise Surprise("ListParts by reflection", expected="parts", seen="none")
        self._say(f"ListParts by reflection: {len(parts)} parts")
        return parts[:2]

    def _create(self, parts: list[dict[str, Any]]) -> str:
        uuids = [part["uuid"] for part in parts]
        price = sum(Decimal(str(part["price"])) for part in parts)
        answer = self._shop.post("/orders", {"user_uuid": str(uuid4()), "part_uuids": uuids})
        self._expect("create", 201, answer)
        order, total = (answer.body.get(name) for name in ("order_uuid", "total_price"))
        if not order or total is None or Decimal(str(total)) != price:
            raise Surprise("create", expected=f"an order_uuid, total_price {price}", seen=answer)
        return str(order)

    def _pay(self, order: str) -> None:
        answer = self._shop.post(f"/orders/{order}/pay", {"payment_method": "CARD"})
        self._expect("pay with CARD", 200, answer)
        if not answer.body.get("transaction_uuid"):
            raise Surprise("pay with CARD", expected="a transaction_uuid", seen=answer)

    def _sees(self, order: str, statuses: set[str], *, within_s: float) -> None:
        started = self._ticks()
        while True:
            answer = self._shop.get(f"/orders/{order}")
            waited_s = self._ticks() - started
            if answer.status == 200 and answer.body.get("status") in statuses:
                return self._say(f"GET shows {answer.body['status']} after {waited_s:.1f} s")
            if waited_s >= within_s:
                expected = f"{' or '.join(sorted(statuses))} within {within_s:.0f} s"
                raise Surprise("GET", expected=expected, seen=answer)
            self._sleep(LOOK_EVERY_S)

    def _expect(self, step: str, status: int, answer: Answer) -> None:
        if answer.status != status or "error" in answer.text:
            raise Surprise(step, expected=f"{status} without the word error", seen=answer)
        self._say(f"{step}: {answer}")
