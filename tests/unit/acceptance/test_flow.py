"""The acceptance flow against a shop that follows the contract and shops that break it."""

from typing import Any
from uuid import uuid4

import pytest

from tests.acceptance.errors import Surprise
from tests.acceptance.flow import AcceptanceFlow
from tests.acceptance.shop import Answer, Shop
from tests.support.stepped_time import SteppedTime

PARTS = [{"uuid": str(uuid4()), "price": price} for price in (1.1, 2.2, 99.0)]


class FakeShop(Shop):
    """Builds an order by its second GET; changed answers break the contract."""

    def __init__(self, **changed: Answer) -> None:
        self._changed = changed
        self._statuses: dict[str, list[str]] = {}

    def get(self, path: str) -> Answer:
        statuses = self._statuses[path.rpartition("/")[2]]
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        return self._answer("get", 200, f'{{"status": "{status}"}}')

    def post(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        if path == "/orders":
            order = str(uuid4())
            self._statuses[order] = ["PENDING_PAYMENT"]
            return self._answer("create", 201, f'{{"order_uuid": "{order}", "total_price": 3.3}}')
        _, _, order, verb = path.split("/")
        if verb == "pay":
            self._statuses[order] = ["PAID", "PAID", "ASSEMBLED"]
            return self._answer("pay", 200, f'{{"transaction_uuid": "{uuid4()}"}}')
        self._statuses[order] = ["CANCELLED"]
        return self._answer("cancel", 204, "")

    def _answer(self, call: str, status: int, text: str) -> Answer:
        return self._changed.get(call, Answer(status, text))


def said_by(shop: Shop, parts: list[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    time = SteppedTime()
    AcceptanceFlow(shop, lambda: parts, lines.append, ticks=time.ticks, sleep=time.sleep)()
    return [line.partition(":")[0].partition(" after")[0] for line in lines]


def test_a_shop_that_follows_the_contract_passes_step_by_step() -> None:
    assert said_by(FakeShop(), PARTS) == [
        "ListParts by reflection",
        *("create", "GET shows PENDING_PAYMENT", "pay with CARD"),
        *("GET shows PAID", "GET shows ASSEMBLED"),
        *("create", "cancel", "GET shows CANCELLED"),
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"create": Answer(500, "")}, "create: expected 201"),
        ({"create": Answer(201, "no json")}, r"create: expected an order_uuid, total_price 3\.3"),
        ({"create": Answer(201, '{"order_uuid": "7", "total_price": 3.31}')}, r"saw .*3\.31"),
        ({"get": Answer(404, '{"code": 404}')}, "GET: expected PENDING_PAYMENT .*saw 404"),
        ({"get": Answer(200, '{"status": "PAID"}')}, "GET: expected PENDING_PAYMENT"),
        ({"pay": Answer(409, '{"code": 409}')}, "pay with CARD: expected 200 .*saw 409"),
        ({"pay": Answer(200, "{}")}, "pay with CARD: expected a transaction_uuid"),
        ({"pay": Answer(200, '{"transaction_uuid": "7", "error": ""}')}, "the word error"),
        ({"cancel": Answer(200, "")}, "cancel: expected 204"),
    ],
)
def test_a_step_that_differs_shows_the_expected_and_the_actual_result(
    changed: dict[str, Answer], told: str
) -> None:
    with pytest.raises(Surprise, match=told):
        said_by(FakeShop(**changed), PARTS)


def test_an_empty_catalogue_is_a_surprise() -> None:
    with pytest.raises(Surprise, match="expected parts, saw none"):
        said_by(FakeShop(), [])
