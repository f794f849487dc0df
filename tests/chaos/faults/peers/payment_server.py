"""The payment service with a ledger: python -m ...payment_server LEDGER TROUBLE.

Charges with the service's own use case. The file TROUBLE names the orders at whose first charge
the process dies or answers late: after the ledger has the charge, before the caller gets an
answer.
"""

import os
import sys
import time
from pathlib import Path
from uuid import UUID

from libs.grpc.server import GrpcServer
from libs.health.heartbeat import Heartbeat
from libs.lifecycle.crashing import EXIT_KILLED
from libs.lifecycle.running import run_until_stopped
from libs.lifecycle.starting import start_role
from payment_service.api.grpc.payments import PaymentApi, hosted
from payment_service.config.settings import GrpcSettings
from payment_service.model.payment import Payment
from payment_service.service.charge_order import ChargeOrder
from tests.chaos.faults.peers.payment_trouble import TroubleFile, concerns
from tests.chaos.judging.evidence import Charge
from tests.chaos.judging.stores.ledger import Ledger

LATE_S = 7.0
"""Longer than the caller's timeout of 5 s."""


class RecordedCharges(ChargeOrder):
    def __init__(self, ledger: Ledger, trouble: TroubleFile, *, late_s: float = LATE_S) -> None:
        self._ledger = ledger
        self._trouble = trouble
        self._late_s = late_s
        self._charged = {charge.order_uuid for charge in ledger.read()}

    def __call__(self, payment: Payment) -> UUID:
        transaction_uuid = super().__call__(payment)
        charge = Charge(
            order_uuid=payment.order_uuid,
            method=payment.method.value,
            transaction_uuid=transaction_uuid,
        )
        self._ledger.append(charge)
        if payment.order_uuid not in self._charged:
            self._charged.add(payment.order_uuid)
            self._go_wrong(payment.order_uuid)
        return transaction_uuid

    def _go_wrong(self, order_uuid: UUID) -> None:
        trouble = self._trouble.read()
        if concerns(trouble.dies, order_uuid):
            os._exit(EXIT_KILLED)
        if concerns(trouble.late, order_uuid):
            time.sleep(self._late_s)


def main() -> None:
    ledger, trouble = map(Path, sys.argv[1:])
    settings = start_role(GrpcSettings)
    server = GrpcServer(
        settings.grpc_host,
        settings.grpc_port,
        service=hosted(PaymentApi(RecordedCharges(Ledger(ledger), TroubleFile(trouble)))),
        heartbeat=Heartbeat(settings.state_dir, "payment_service", "grpc"),
    )
    server.bind()
    run_until_stopped(server.serve)


if __name__ == "__main__":
    main()
