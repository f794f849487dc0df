from typing import cast
from uuid import UUID

import pytest

from libs.contracts.payment.v1 import payment_pb2 as wire
from libs.errors import InvalidInput
from payment_service.converter.payment import payment_from_proto, transaction_to_proto
from payment_service.model.payment import Payment, PaymentMethod

ORDER = "11111111-1111-4111-8111-111111111111"
USER = "22222222-2222-4222-8222-222222222222"


def a_request(*, order: str = ORDER, user: str = USER, method: int = 1) -> wire.PayOrderRequest:
    number = cast("wire.PaymentMethod", method)
    return wire.PayOrderRequest(order_uuid=order, user_uuid=user, payment_method=number)


@pytest.mark.parametrize("method", PaymentMethod)
def test_a_request_becomes_a_payment(method: PaymentMethod) -> None:
    number = wire.PaymentMethod.Value(f"PAYMENT_METHOD_{method}")

    payment = payment_from_proto(a_request(method=number))

    assert payment == Payment(order_uuid=UUID(ORDER), user_uuid=UUID(USER), method=method)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (a_request(order=""), "order_uuid"),
        (a_request(user="me"), "user_uuid"),
        (a_request(method=0), "payment_method"),
        (a_request(method=5), "payment_method"),
    ],
)
def test_a_wrong_field_is_named(request_: wire.PayOrderRequest, field: str) -> None:
    with pytest.raises(InvalidInput, match=rf"^{field}: "):
        payment_from_proto(request_)


def test_a_transaction_is_text_on_the_wire() -> None:
    assert transaction_to_proto(UUID(ORDER)).transaction_uuid == ORDER
