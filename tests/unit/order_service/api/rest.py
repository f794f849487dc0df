"""The REST application on fakes."""

from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from order_service.api.http.application import Gate, create_application
from order_service.api.http.guards.callers import ApiKeys
from order_service.api.http.resources.idempotency import AnswerOnce
from order_service.api.http.resources.orders import OrderUseCases
from order_service.api.http.resources.probes import Checks
from order_service.model.order import Order
from order_service.service.orders.create_order import CreateOrder
from order_service.service.orders.get_order import GetOrder
from order_service.service.orders.list_orders import ListOrders
from order_service.service.orders.list_parts import ListParts
from order_service.service.orders.ports import Deliveries, Inventory
from order_service.service.orders.show_timeline import ShowTimeline
from tests.unit.order_service.builders import ENGINE, ORDER, USER, WING
from tests.unit.order_service.fakes import FakeInventory
from tests.unit.order_service.payments_on_fakes import PaymentsOnFakes

BASE = "/api/v1/orders"
ONE = f"{BASE}/{ORDER}"
PAY, CANCEL = f"{ONE}/pay", f"{ONE}/cancel"

GOOD = {"user_uuid": str(USER), "part_uuids": [str(ENGINE)]}
CARD = {"payment_method": "CARD"}


def json_of(answer: TestResponse) -> dict[str, Any]:
    body: dict[str, Any] = answer.get_json()
    return body


def assert_failed(answer: TestResponse, status: int, phrase: str) -> dict[str, Any]:
    body = json_of(answer)
    assert answer.status_code == status, body
    assert (body["code"], body["status"]) == (status, phrase)
    assert body["message"]
    return body


def all_is_well() -> None:
    """Succeed, as the check of an available dependency."""


class RestApiOnFakes(PaymentsOnFakes):
    def __init__(
        self,
        *orders: Order,
        checks: Checks | None = None,
        inventory: Inventory | None = None,
        deliveries: Deliveries | None = None,
        gate: Gate | None = None,
    ) -> None:
        super().__init__(*orders)
        self.inventory = FakeInventory({ENGINE: Decimal("70.10"), WING: Decimal(5000000000)})
        self.application = create_application(
            OrderUseCases(
                create=CreateOrder(
                    self.orders, inventory or self.inventory, new_id=self.new_id, clock=self.clock
                ),
                get=GetOrder(self.orders),
                list=ListOrders(self.orders),
                pay=self.pay_order,
                cancel=self.cancel_order,
                timeline=ShowTimeline(self.orders, deliveries),
                parts=ListParts(inventory or self.inventory),
            ),
            checks or {"postgresql": all_is_well},
            gate=gate or Gate(keys=ApiKeys([])),
            once=AnswerOnce(self.orders.keys, new_id=self.new_id),
        )

    @property
    def client(self) -> FlaskClient:
        return self.application.test_client()
