from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from payment_service.model.payment import Payment, PaymentMethod
from payment_service.service.charge_order import ChargeOrder

ORDER_UUID = UUID("11111111-1111-4111-8111-111111111111")
USER_UUID = UUID("22222222-2222-4222-8222-222222222222")


PAYMENT = Payment(order_uuid=ORDER_UUID, user_uuid=USER_UUID, method=PaymentMethod.CARD)


@given(
    order_uuid=st.uuids(),
    users=st.tuples(st.uuids(), st.uuids()),
    methods=st.tuples(st.sampled_from(PaymentMethod), st.sampled_from(PaymentMethod)),
)
def test_an_order_has_one_transaction_for_every_user_and_method(
    order_uuid: UUID,
    users: tuple[UUID, UUID],
    methods: tuple[PaymentMethod, PaymentMethod],
) -> None:
    first, second = (
        ChargeOrder()(Payment(order_uuid=order_uuid, user_uuid=user, method=method))
        for user, method in zip(users, methods, strict=True)
    )

    assert first == second


@given(st.lists(st.uuids(), min_size=2, max_size=2, unique=True))
def test_two_orders_have_two_transactions(orders: list[UUID]) -> None:
    first, second = (
        ChargeOrder()(replace(PAYMENT, order_uuid=order_uuid)) for order_uuid in orders
    )

    assert first != second


def test_a_transaction_does_not_change_between_releases() -> None:
    assert ChargeOrder()(PAYMENT) == UUID("e3504807-26c3-5ed8-b01b-6c82bb4440d0")


def test_a_charge_is_one_line_in_the_log() -> None:
    with capture_logs() as lines:
        transaction_uuid = ChargeOrder()(PAYMENT)

    assert lines == [
        {
            "event": "order_charged",
            "log_level": "info",
            "order_uuid": str(ORDER_UUID),
            "user_uuid": str(USER_UUID),
            "method": "CARD",
            "transaction_uuid": str(transaction_uuid),
        }
    ]
