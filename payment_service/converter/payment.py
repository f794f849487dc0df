"""Payments on the wire."""

from uuid import UUID

from libs.contracts.payment.v1 import payment_pb2 as wire
from libs.errors import InvalidInput
from libs.grpc.fields import uuid_from_text
from payment_service.model.payment import Payment, PaymentMethod

METHOD_FROM_WIRE: dict[int, PaymentMethod] = {
    wire.PaymentMethod.Value(f"PAYMENT_METHOD_{each}"): each for each in PaymentMethod
}


def payment_from_proto(request: wire.PayOrderRequest) -> Payment:
    """Validate every field. Raises InvalidInput that names the first wrong one."""
    return Payment(
        order_uuid=uuid_from_text("order_uuid", request.order_uuid),
        user_uuid=uuid_from_text("user_uuid", request.user_uuid),
        method=_method_from_proto(request.payment_method),
    )


def transaction_to_proto(transaction_uuid: UUID) -> wire.PayOrderResponse:
    return wire.PayOrderResponse(transaction_uuid=str(transaction_uuid))


def _method_from_proto(number: int) -> PaymentMethod:
    if number not in METHOD_FROM_WIRE:
        raise InvalidInput(f"payment_method: {number} is not a known method")
    return METHOD_FROM_WIRE[number]
