"""Schemas of requests, and of answers in the OpenAPI document."""

from typing import Self

from marshmallow import RAISE, Schema, fields
from marshmallow.validate import Length, OneOf, Range

from libs.contracts.events.declared import TOLD
from order_service.api.http.resources.fields import CanonicalUUID, Cursor, PlainInteger
from order_service.converter.inventory import CATEGORIES
from order_service.converter.rest import CURSOR_PATTERN, DELIVERIES, METHOD_TEXTS
from order_service.model.delivery import DeliveryState
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from order_service.model.timeline import StepName, WaitsFor

STEPS = [*(name.value for name in StepName), *(f"delivery_{event.kind}" for event in TOLD)]

STATUSES = [status.value for status in OrderStatus]

MAX_PARTS = 100

PAGE_LIMIT, MAX_PAGE_LIMIT = 20, 100

MAX_LISTED_PARTS = 1000

MAX_FILTER_VALUES = 100


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


class PartsQuerySchema(StrictSchema):
    name = fields.List(fields.String(), validate=Length(max=MAX_FILTER_VALUES))
    category = fields.List(
        fields.String(validate=OneOf(CATEGORIES)), validate=Length(max=MAX_FILTER_VALUES)
    )
    manufacturer_country = fields.List(fields.String(), validate=Length(max=MAX_FILTER_VALUES))
    tag = fields.List(fields.String(), validate=Length(max=MAX_FILTER_VALUES))
    limit = PlainInteger(load_default=MAX_PAGE_LIMIT, validate=Range(1, MAX_LISTED_PARTS))


class PartSchema(Schema):
    part_uuid = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    price = fields.Float(required=True, validate=Range(min=0))
    stock_quantity = fields.Integer(required=True)
    category = fields.String(required=True)
    manufacturer_country = fields.String(required=True)
    tags = fields.List(fields.String(), required=True)


class PartListSchema(Schema):
    parts = fields.List(fields.Nested(PartSchema), required=True)
    total = fields.Integer(required=True, metadata={"description": "Number of parts that match."})


class StepSchema(Schema):
    step = fields.String(required=True, validate=OneOf(STEPS))
    at = fields.AwareDateTime(required=True)
    found_in = fields.String(required=True, metadata={"description": "What knows it."})
    payment_method = fields.String()
    claim_id = fields.UUID()
    transaction_uuid = fields.UUID()
    event_uuid = fields.UUID()
    redrives = fields.Integer(metadata={"description": "How often the event was sent again."})
    topic = fields.String()
    partition = fields.Integer()
    offset = fields.Integer()
    build_time_s = fields.Integer()
    state = fields.String(
        validate=OneOf([state.value for state in DeliveryState]),
        metadata={"description": "Of a delivery. DEAD: given up."},
    )
    attempts = fields.Integer(
        metadata={"description": "How often Telegram refused this very message."}
    )
    waits_for = fields.String(metadata={"description": "Why a delivery is not sent yet."})
    until = fields.AwareDateTime(metadata={"description": "When that ends, if it is known."})


class TimelineSchema(Schema):
    order_uuid = fields.UUID(required=True)
    status = fields.String(required=True, validate=OneOf(STATUSES))
    since = fields.AwareDateTime(
        required=True, metadata={"description": "Time of the last step but deliveries."}
    )
    waits_for = fields.String(
        validate=OneOf([each.value for each in WaitsFor]),
        metadata={"description": "Who has the next step; absent if nothing is left to do."},
    )
    steps = fields.List(fields.Nested(StepSchema), required=True)
    left_out = fields.List(
        fields.String(validate=OneOf([DELIVERIES])),
        data_key="unknown",
        metadata={"description": "What is left out because nobody knows it now; else absent."},
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
