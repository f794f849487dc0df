"""The order calls of the REST interface."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint

from order_service.api.http.parsing import StrictParser
from order_service.api.http.resources.idempotency import PARAMETER, REPLAYED, AnswerOnce
from order_service.api.http.resources.schemas import (
    CreatedOrderSchema,
    ErrorSchema,
    ListQuerySchema,
    NewOrderSchema,
    OrderPageSchema,
    OrderSchema,
    PaymentSchema,
    TransactionSchema,
)
from order_service.converter.answers import ORDERS_PATH, created_answer, paid_answer
from order_service.converter.rest import (
    cursor_from_text,
    order_to_json,
    page_to_json,
    payment_method_from_text,
)
from order_service.model.idempotency import Answer, Attempt, KeptAnswer
from order_service.model.order import OrderStatus
from order_service.service.orders.cancel_order import CancelOrder
from order_service.service.orders.create_order import CreateOrder
from order_service.service.orders.get_order import GetOrder
from order_service.service.orders.list_orders import ListOrders
from order_service.service.orders.pay_order import PayOrder
from order_service.service.orders.ports import OrderFilter

View = Callable[..., Any]

RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}

LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Path of the order"}}

CHALLENGE = {"WWW-Authenticate": {"schema": {"type": "string"}}}

RATE_LIMIT = {
    "RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Calls in a window"},
    "RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "Calls left in it"},
    "RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds to the next window"},
}
"""Headers of every answer when calls are counted."""

REPLAY = {
    REPLAYED: {"schema": {"type": "string", "enum": ["true"]}, "description": "Answered before"}
}


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
        """Document the failures of a call; the default answer documents 500.

        Leaves out flask-smorest's wrappers, one per status, which each call would pass through.
        """

        def decorate(view: View) -> View:
            documented: Any = view
            for status in statuses:
                wrapper = self.alt_response(status, schema=ErrorSchema, headers=headers)(view)
                documented._apidoc = wrapper._apidoc  # noqa: SLF001  # flask-smorest's place for it
            return view

        return decorate

    def is_guarded(self, view: View) -> View:
        """Document the refusals that any call may get before its view runs."""
        view = self.fails(401, headers=CHALLENGE)(view)
        return self.fails(429, headers={**RATE_LIMIT, **RETRY_AFTER})(view)


def orders_blueprint(use_cases: OrderUseCases, once: AnswerOnce) -> Blueprint:
    blueprint = OrdersBlueprint(
        "orders", __name__, url_prefix=ORDERS_PATH, description="Spaceship orders"
    )
    _add_reading(blueprint, use_cases)
    _add_creating(blueprint, use_cases, once)
    _add_paying(blueprint, use_cases, once)
    _add_cancelling(blueprint, use_cases)
    return blueprint


def _add_reading(blueprint: OrdersBlueprint, use_cases: OrderUseCases) -> None:
    @blueprint.get("")
    @blueprint.arguments(ListQuerySchema(), location="query")
    @blueprint.response(HTTPStatus.OK, OrderPageSchema, headers=RATE_LIMIT)
    @blueprint.fails(422, 503)
    @blueprint.is_guarded
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
    @blueprint.response(HTTPStatus.OK, OrderSchema, headers=RATE_LIMIT)
    @blueprint.fails(404, 503)
    @blueprint.is_guarded
    def get_order(order_uuid: UUID) -> Response:
        """Show an order."""
        return jsonify(order_to_json(use_cases.get(order_uuid)))


def _add_creating(blueprint: OrdersBlueprint, use_cases: OrderUseCases, once: AnswerOnce) -> None:
    @blueprint.post("")
    @blueprint.arguments(NewOrderSchema())
    @blueprint.response(
        HTTPStatus.CREATED, CreatedOrderSchema, headers={**LOCATION, **REPLAY, **RATE_LIMIT}
    )
    @blueprint.fails(409, headers=RETRY_AFTER)
    @blueprint.fails(400, 413, 415, 422, 503, 504)
    @blueprint.is_guarded
    @blueprint.doc(parameters=[PARAMETER])
    def create_order(body: dict[str, Any]) -> Response:
        """Order parts."""

        def create(attempt: Attempt | None) -> Answer:
            keep = (lambda order: KeptAnswer(attempt, created_answer(order))) if attempt else None
            order = use_cases.create(body["user_uuid"], body["part_uuids"], keep=keep)
            return created_answer(order)

        return once(body, create)


def _add_paying(blueprint: OrdersBlueprint, use_cases: OrderUseCases, once: AnswerOnce) -> None:
    @blueprint.post("/<uuid:order_uuid>/pay")
    @blueprint.arguments(PaymentSchema())
    @blueprint.response(HTTPStatus.OK, TransactionSchema, headers={**REPLAY, **RATE_LIMIT})
    @blueprint.fails(409, headers=RETRY_AFTER)
    @blueprint.fails(400, 404, 413, 415, 422, 503, 504)
    @blueprint.is_guarded
    @blueprint.doc(parameters=[PARAMETER])
    def pay_order(body: dict[str, Any], order_uuid: UUID) -> Response:
        """Pay an order."""
        method = payment_method_from_text(body["payment_method"])

        def pay(attempt: Attempt | None) -> Answer:
            is_repeat = attempt is not None and attempt.is_repeat
            transaction_uuid = use_cases.pay(order_uuid, method, is_repeat=is_repeat)
            return once.keep(attempt, paid_answer(transaction_uuid))

        return once(body, pay)


def _add_cancelling(blueprint: OrdersBlueprint, use_cases: OrderUseCases) -> None:
    @blueprint.post("/<uuid:order_uuid>/cancel")
    @blueprint.response(HTTPStatus.NO_CONTENT, headers=RATE_LIMIT)
    @blueprint.fails(409, headers=RETRY_AFTER)
    @blueprint.fails(404, 503)
    @blueprint.is_guarded
    def cancel_order(order_uuid: UUID) -> Response:
        """Cancel an order that is not paid."""
        use_cases.cancel(order_uuid)
        return Response(status=HTTPStatus.NO_CONTENT)
