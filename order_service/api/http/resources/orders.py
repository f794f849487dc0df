"""The order calls of the REST interface."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint

from order_service.api.http.resources.blueprint import RATE_LIMIT, RETRY_AFTER, GuardedBlueprint
from order_service.api.http.resources.idempotency import PARAMETER, REPLAYED, AnswerOnce
from order_service.api.http.resources.schemas import (
    CreatedOrderSchema,
    ListQuerySchema,
    NewOrderSchema,
    OrderPageSchema,
    OrderSchema,
    PaymentSchema,
    TimelineSchema,
    TransactionSchema,
)
from order_service.converter.answers import ORDERS_PATH, created_answer, paid_answer
from order_service.converter.rest import (
    cursor_from_text,
    order_to_json,
    page_to_json,
    payment_method_from_text,
    timeline_to_json,
)
from order_service.model.idempotency import Answer, Attempt, KeptAnswer
from order_service.model.order import OrderStatus
from order_service.service.orders.cancel_order import CancelOrder
from order_service.service.orders.create_order import CreateOrder
from order_service.service.orders.get_order import GetOrder
from order_service.service.orders.list_orders import ListOrders
from order_service.service.orders.list_parts import ListParts
from order_service.service.orders.pay_order import PayOrder
from order_service.service.orders.ports import OrderFilter
from order_service.service.orders.show_timeline import ShowTimeline

LOCATION = {"Location": {"schema": {"type": "string"}, "description": "Path of the order"}}

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
    timeline: ShowTimeline
    parts: ListParts


def orders_blueprint(use_cases: OrderUseCases, once: AnswerOnce) -> Blueprint:
    blueprint = GuardedBlueprint(
        "orders", __name__, url_prefix=ORDERS_PATH, description="Spaceship orders"
    )
    _add_reading(blueprint, use_cases)
    _add_timeline(blueprint, use_cases)
    _add_creating(blueprint, use_cases, once)
    _add_paying(blueprint, use_cases, once)
    _add_cancelling(blueprint, use_cases)
    return blueprint


def _add_reading(blueprint: GuardedBlueprint, use_cases: OrderUseCases) -> None:
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


def _add_timeline(blueprint: GuardedBlueprint, use_cases: OrderUseCases) -> None:
    @blueprint.get("/<uuid:order_uuid>/timeline")
    @blueprint.response(HTTPStatus.OK, TimelineSchema, headers=RATE_LIMIT)
    @blueprint.fails(404, 503)
    @blueprint.is_guarded
    def show_timeline(order_uuid: UUID) -> Response:
        """Show what happened to an order, when, and where to look it up.

        Built from what is stored. ship_due is known once the ship is built. The last steps are
        the deliveries: what the chat was told. While the notification service does not answer
        they are left out, and unknown says so.
        """
        return jsonify(timeline_to_json(use_cases.timeline(order_uuid)))


def _add_creating(blueprint: GuardedBlueprint, use_cases: OrderUseCases, once: AnswerOnce) -> None:
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


def _add_paying(blueprint: GuardedBlueprint, use_cases: OrderUseCases, once: AnswerOnce) -> None:
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


def _add_cancelling(blueprint: GuardedBlueprint, use_cases: OrderUseCases) -> None:
    @blueprint.post("/<uuid:order_uuid>/cancel")
    @blueprint.response(HTTPStatus.NO_CONTENT, headers=RATE_LIMIT)
    @blueprint.fails(409, headers=RETRY_AFTER)
    @blueprint.fails(404, 503)
    @blueprint.is_guarded
    def cancel_order(order_uuid: UUID) -> Response:
        """Cancel an order that is not paid."""
        use_cases.cancel(order_uuid)
        return Response(status=HTTPStatus.NO_CONTENT)
