"""The payment service over gRPC."""

import time
from uuid import UUID

import grpc

from libs.contracts.payment.v1.payment_pb2_grpc import PaymentServiceStub
from libs.errors import AppError, TimedOut
from libs.grpc.errors import PeerInConflict, PeerRefused, never_left, peer_error
from libs.metrics.declared.requests import CHARGE
from libs.metrics.instruments import counters
from libs.resilience.backoff import Backoff
from order_service.converter.payment import pay_order_request
from order_service.model.claim import Claim
from order_service.model.errors import (
    PaymentDeclined,
    PaymentInDoubt,
    PaymentInvalid,
    PaymentTimedOut,
    PaymentUnavailable,
)
from order_service.service.orders.ports import PaymentGateway

BACKOFF = Backoff(first_s=0.15, longest_s=0.4)
RETRIES = 4
"""Retries of one call; together they last about 1.2 s, as long as a restart."""

MAY_PASS = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
"""Status of a call when its server stops or dies; another replica may answer a retry."""


OUTCOMES: dict[type[AppError], str] = {
    PaymentDeclined: "declined",
    PaymentInvalid: "invalid",
    PaymentInDoubt: "in_doubt",
    PaymentTimedOut: "timed_out",
    PaymentUnavailable: "unavailable",
}


class GrpcPayments(PaymentGateway):
    """Retries a call itself, to know whether an attempt before a refusal may have charged.

    After a call whose retries all failed, each call tries only once until the service answers.
    """

    def __init__(self, channel: grpc.Channel, *, timeout_s: float) -> None:
        self._stub = PaymentServiceStub(channel)
        self._timeout_s = timeout_s
        self._is_away = False
        self._charges = counters(CHARGE)

    def pay(self, claim: Claim) -> UUID:
        try:
            transaction_uuid = self._pay(claim)
        except AppError as error:
            self._charges[(OUTCOMES[type(error)],)].inc()
            raise
        self._charges[("charged",)].inc()
        return transaction_uuid

    def _pay(self, claim: Claim) -> UUID:
        until_s = time.monotonic() + self._timeout_s
        pauses_s = map(BACKOFF.after, range(1, 1 if self._is_away else RETRIES + 1))
        may_be_charged = False
        while True:
            try:
                transaction_uuid = self._attempt(claim, until_s)
            except grpc.RpcError as error:
                passes = error.code() in MAY_PASS
                pause_s = next(pauses_s, None) if passes else None
                if pause_s is None or time.monotonic() + pause_s >= until_s:
                    self._is_away = passes
                    raise payment_error(
                        claim.order_uuid, error, may_be_charged=may_be_charged
                    ) from error
                may_be_charged = may_be_charged or not never_left(error)
                time.sleep(pause_s)
            else:
                self._is_away = False
                return transaction_uuid

    def _attempt(self, claim: Claim, until_s: float) -> UUID:
        timeout_s = until_s - time.monotonic()
        reply = self._stub.PayOrder(pay_order_request(claim), timeout=timeout_s)
        try:
            return UUID(reply.transaction_uuid)
        except ValueError as error:
            raise PaymentUnavailable(claim.order_uuid) from error


def payment_error(order_uuid: UUID, error: grpc.RpcError, *, may_be_charged: bool) -> AppError:
    """Map the gRPC status to an error that says whether the order was charged.

    Only two statuses prove that nothing was charged, and only if no earlier attempt may have
    charged.
    """
    match peer_error("payment", error):
        case PeerRefused() | PeerInConflict() if may_be_charged:
            return PaymentInDoubt(order_uuid, str(error.details()))
        case PeerRefused():
            return PaymentInvalid(order_uuid, str(error.details()))
        case PeerInConflict():
            return PaymentDeclined(order_uuid, str(error.details()))
        case TimedOut():
            return PaymentTimedOut(order_uuid)
        case _:
            return PaymentUnavailable(order_uuid)
