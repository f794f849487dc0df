"""payment.v1.PaymentService."""

import grpc

from libs.contracts.payment.v1 import payment_pb2, payment_pb2_grpc
from libs.grpc.server import HostedService
from payment_service.converter.payment import payment_from_proto, transaction_to_proto
from payment_service.service.charge_order import ChargeOrder


class PaymentApi(payment_pb2_grpc.PaymentServiceServicer):
    def __init__(self, charge_order: ChargeOrder) -> None:
        self._charge_order = charge_order

    def PayOrder(  # noqa: N802  # named by the contract
        self, request: payment_pb2.PayOrderRequest, _context: grpc.ServicerContext
    ) -> payment_pb2.PayOrderResponse:
        return transaction_to_proto(self._charge_order(payment_from_proto(request)))


def hosted(api: PaymentApi) -> HostedService:
    return HostedService(
        payment_pb2.DESCRIPTOR.services_by_name["PaymentService"].full_name,
        payment_pb2_grpc.add_PaymentServiceServicer_to_server,
        api,
        waits=False,  # a charge is computed
    )
