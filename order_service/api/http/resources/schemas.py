"""Schemas of requests, and of answers in the OpenAPI document."""

from typing import Self

from marshmallow import RAISE, Schema, fields
from marshmallow.validate import Length, OneOf, Range

from order_service.api.http.resources.fields import CanonicalUUID, Cursor, PlainInteger
from order_service.converter.rest import CURSOR_PATTERN, METHOD_TEXTS
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod

STATUSES = [status.value for status in OrderStatus]

MAX_PARTS = 100

PAGE_LIMIT, MAX_PAGE_LIMIT = 20, 100


class StrictSchema(Schema):
    class Meta:
        unknown = RAISE


class NewOrderSchema(StrictSchema):
    user_uuid = CanonicalUUID(required=True)
    part_uuids = fields.List(
        CanonicalUUID(),
        required=True,
        validate=Length(1, MAX_PARTS),
        metadata={"description": "Repeats are allowed and priced each time."},
    )


class PaymentSchema(StrictSchema):
    payment_method = fields.String(required=True, validate=OneOf(METHOD_TEXTS))


class ListQuerySchema(StrictSchema):
    status = fields.String(validate=OneOf(STATUSES))
    user_uuid = CanonicalUUID()
    limit = PlainInteger(load_default=PAGE_LIMIT, validate=Range(1, MAX_PAGE_LIMIT))
    cursor = Cursor(
        metadata={"pattern": CURSOR_PATTERN, "description": "next_cursor of the previous page."}
    )


class CreatedOrderSchema(Schema):
    order_uuid = fields.UUID(required=True)
    total_price = fields.Float(required=True, validate=Range(min=0))


class OrderSchema(Schema):
    order_uuid = fields.UUID(required=True)
    user_uuid = fields.UUID(required=True)
    part_uuids = fields.List(fields.UUID(), required=True, validate=Length(1, MAX_PARTS))
    total_price = fields.Float(required=True, validate=Range(min=0))
    status = fields.String(required=True, validate=OneOf(STATUSES))
    transaction_uuid = fields.UUID(metadata={"description": "Absent before PAID."})
    payment_method = fields.String(
        validate=OneOf([method.value for method in PaymentMethod]),
        metadata={"description": "Absent before PAID."},
    )


class OrderPageSchema(Schema):
    orders = fields.List(fields.Nested(OrderSchema), required=True)
    next_cursor = fields.String(metadata={"description": "Absent on the last page."})


class TransactionSchema(Schema):
    transaction_uuid = fields.UUID(required=True)


class ErrorSchema(Schema):
    def __deepcopy__(self, memo: object) -> Self:
        """Return itself: each flask-smorest decorator deep-copies all documentation below it."""
        return self

    code = fields.Integer(required=True)
    status = fields.String(required=True)
    message = fields.String(required=True)
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Field to its problems; present when validation fails."},
    )
