"""The order calls of the REST interface."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint

from order_service.api.http.parsing import StrictParser
from order_service.api.http.schemas import (
    CreatedOrderSchema,
    ErrorSchema,
    ListQuerySchema,
    NewOrderSchema,
    OrderPageSchema,
    OrderSchema,
    PaymentSchema,
    TransactionSchema,
)
from order_service.converter.rest import (
    created_to_json,
    cursor_from_text,
    order_to_json,
    page_to_json,
    payment_method_from_text,
)
from order_service.model.order import OrderStatus
from order_service.service.cancel_order import CancelOrder
from order_service.service.create_order import CreateOrder
from order_service.service.get_order import GetOrder
from order_service.service.list_orders import ListOrders
from order_service.service.pay_order import PayOrder
from order_service.service.ports import OrderFilter

BASE = "/api/v1/orders"

View = Callable[..., Any]

RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}

LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Path of the order"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUseCases:
    create: CreateOrder
    get: GetOrder
    list: ListOrders
    pay: PayOrder
    cancel: CancelOrder


class OrdersBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    ARGUMENTS_PARSER = StrictParser()

    def fails(
        self, *statuses: int, headers: dict[str, Any] | None = None
    ) -> Callable[[View], View]:
        """Document the failures of a call; 500 is the default answer's."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, schema=ErrorSchema, headers=headers)(view)
            return view

        return decorate


def orders_blueprint(use_cases: OrderUseCases) -> Blueprint:
    blueprint = OrdersBlueprint("orders", __name__, url_prefix=BASE, description="Spaceship orders")
    _add_reading(blueprint, use_cases)
    _add_writing(blueprint, use_cases)
    return blueprint


def _add_reading(blueprint: OrdersBlueprint, use_cases: OrderUseCases) -> None:
    @blueprint.get("")
    @blueprint.arguments(ListQuerySchema(), location="query")
    @blueprint.response(HTTPStatus.OK, OrderPageSchema)
    @blueprint.fails(422, 503)
    def list_orders(query: dict[str, Any]) -> Response:
        """List orders, newest first."""
        status, cursor = query.get("status"), query.get("cursor")
        page = use_cases.list(
            OrderFilter(
                status=None if status is None else OrderStatus(status),
                user_uuid=query.get("user_uuid"),
            ),
            limit=query["limit"],
            after=None if cursor is None else cursor_from_text(cursor),
        )
        return jsonify(page_to_json(page))

    @blueprint.get("/<uuid:order_uuid>")
    @blueprint.response(HTTPStatus.OK, OrderSchema)
    @blueprint.fails(404, 503)
    def get_order(order_uuid: UUID) -> Response:
        """Show an order."""
        return jsonify(order_to_json(use_cases.get(order_uuid)))


def _add_writing(blueprint: OrdersBlueprint, use_cases: OrderUseCases) -> None:
    @blueprint.post("")
    @blueprint.arguments(NewOrderSchema())
    @blueprint.response(HTTPStatus.CREATED, CreatedOrderSchema, headers=LOCATION)
    @blueprint.fails(400, 413, 415, 422, 503, 504)
    def create_order(body: dict[str, Any]) -> Response:
        """Order parts."""
        order = use_cases.create(body["user_uuid"], body["part_uuids"])
        answer = jsonify(created_to_json(order))
        answer.status_code = HTTPStatus.CREATED
        answer.headers["Location"] = f"{BASE}/{order.order_uuid}"
        return answer

    @blueprint.post("/<uuid:order_uuid>/pay")
    @blueprint.arguments(PaymentSchema())
    @blueprint.response(HTTPStatus.OK, TransactionSchema)
    @blueprint.fails(409, headers=RETRY_AFTER)
    @blueprint.fails(400, 404, 413, 415, 422, 503, 504)
    def pay_order(body: dict[str, Any], order_uuid: UUID) -> Response:
        """Pay an order."""
        method = payment_method_from_text(body["payment_method"])
        return jsonify({"transaction_uuid": str(use_cases.pay(order_uuid, method))})

    @blueprint.post("/<uuid:order_uuid>/cancel")
    @blueprint.response(HTTPStatus.NO_CONTENT)
    @blueprint.fails(409, headers=RETRY_AFTER)
    @blueprint.fails(404, 503)
    def cancel_order(order_uuid: UUID) -> Response:
        """Cancel an order that is not paid."""
        use_cases.cancel(order_uuid)
        return Response(status=HTTPStatus.NO_CONTENT)
