"""Payments on the wire: protobuf, package payment.v1."""

from libs.contracts.payment.v1 import payment_pb2
from order_service.model.claim import Claim
from order_service.model.payment_method import PaymentMethod

METHOD_TO_PROTO = {
    PaymentMethod.CARD: payment_pb2.PAYMENT_METHOD_CARD,
    PaymentMethod.SBP: payment_pb2.PAYMENT_METHOD_SBP,
    PaymentMethod.CREDIT_CARD: payment_pb2.PAYMENT_METHOD_CREDIT_CARD,
    PaymentMethod.INVESTOR_MONEY: payment_pb2.PAYMENT_METHOD_INVESTOR_MONEY,
}


def pay_order_request(claim: Claim) -> payment_pb2.PayOrderRequest:
    return payment_pb2.PayOrderRequest(
        order_uuid=str(claim.order_uuid),
        user_uuid=str(claim.user_uuid),
        payment_method=METHOD_TO_PROTO[claim.method],
    )
