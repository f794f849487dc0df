"""The payment service over gRPC."""

from uuid import UUID

import grpc

from libs.contracts.payment.v1.payment_pb2_grpc import PaymentServiceStub
from libs.errors import AppError, TimedOut
from libs.grpc.errors import PeerInConflict, PeerRefused, peer_error
from order_service.converter.payment import pay_order_request
from order_service.model.claim import Claim
from order_service.model.errors import (
    PaymentDeclined,
    PaymentInvalid,
    PaymentTimedOut,
    PaymentUnavailable,
)
from order_service.service.ports import PaymentGateway


class GrpcPayments(PaymentGateway):
    def __init__(self, channel: grpc.Channel, *, timeout_s: float) -> None:
        self._stub = PaymentServiceStub(channel)
        self._timeout_s = timeout_s

    def pay(self, claim: Claim) -> UUID:
        try:
            reply = self._stub.PayOrder(pay_order_request(claim), timeout=self._timeout_s)
            return UUID(reply.transaction_uuid)
        except grpc.RpcError as error:
            raise payment_error(claim.order_uuid, error) from error
        except ValueError as error:
            raise PaymentUnavailable(claim.order_uuid) from error


def payment_error(order_uuid: UUID, error: grpc.RpcError) -> AppError:
    """Return what the status says of the money: only two of them say that nothing was charged."""
    match peer_error("payment", error):
        case PeerRefused():
            return PaymentInvalid(order_uuid, str(error.details()))
        case PeerInConflict():
            return PaymentDeclined(order_uuid, str(error.details()))
        case TimedOut():
            return PaymentTimedOut(order_uuid)
        case _:
            return PaymentUnavailable(order_uuid)
