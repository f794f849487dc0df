"""The payment service with a ledger: python -m tests.chaos.payment_server LEDGER SHARE_FILE.

It charges with the service's own use case. SHARE_FILE holds the share of orders at whose first
charge the process dies, after the ledger has the charge and before the caller has an answer.
"""

import os
import sys
from pathlib import Path
from uuid import UUID

from libs.grpc.server import GrpcServer
from libs.health.heartbeat import Heartbeat
from libs.lifecycle.crashing import EXIT_KILLED
from libs.lifecycle.running import run_until_stopped
from libs.logging.setup import configure_logging
from libs.settings.base import from_environment
from payment_service.api.grpc.payments import PaymentApi, hosted
from payment_service.config.settings import PaymentSettings
from payment_service.model.payment import Payment
from payment_service.service.charge_order import ChargeOrder
from tests.chaos.evidence import Charge
from tests.chaos.ledger import Ledger


class RecordedCharges(ChargeOrder):
    def __init__(self, ledger: Ledger, share: Path) -> None:
        self._ledger = ledger
        self._share = share
        self._charged = {charge.order_uuid for charge in ledger.read()}

    def __call__(self, payment: Payment) -> UUID:
        transaction_uuid = super().__call__(payment)
        charge = Charge(
            order_uuid=payment.order_id,
            method=payment.method.value,
            transaction_uuid=transaction_uuid,
        )
        self._ledger.append(charge)
        if payment.order_id not in self._charged and self._is_fatal(payment.order_id):
            os._exit(EXIT_KILLED)
        self._charged.add(payment.order_id)
        return transaction_uuid

    def _is_fatal(self, order_uuid: UUID) -> bool:
        share = float(self._share.read_text(encoding="utf-8")) if self._share.exists() else 0.0
        return order_uuid.int % 100 < share * 100


def main() -> None:
    ledger, share = map(Path, sys.argv[1:])
    settings = from_environment(PaymentSettings)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    server = GrpcServer(
        settings.grpc_host,
        settings.grpc_port,
        service=hosted(PaymentApi(RecordedCharges(Ledger(ledger), share))),
        heartbeat=Heartbeat(settings.state_dir, "payment_service", "grpc"),
    )
    server.bind()
    run_until_stopped(server.serve)


if __name__ == "__main__":
    main()
