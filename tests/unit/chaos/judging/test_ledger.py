from pathlib import Path
from uuid import UUID

import pytest

from payment_service.model.payment import Payment, PaymentMethod
from tests.chaos.faults.peers.payment_server import RecordedCharges
from tests.chaos.faults.peers.payment_trouble import PaymentTrouble, TroubleFile, concerns
from tests.chaos.judging.evidence import Charge
from tests.chaos.judging.stores.ledger import Ledger

PAYMENT = Payment(order_uuid=UUID(int=114), user_uuid=UUID(int=1), method=PaymentMethod.SBP)
CHARGE = Charge(
    order_uuid=PAYMENT.order_uuid, method="SBP", transaction_uuid=PAYMENT.transaction_uuid
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def test_a_missing_ledger_is_empty(ledger: Ledger) -> None:
    assert ledger.read() == ()


def test_every_call_is_recorded_with_its_charge(ledger: Ledger, tmp_path: Path) -> None:
    charge = RecordedCharges(ledger, TroubleFile(tmp_path / "trouble"))

    assert charge(PAYMENT) == charge(PAYMENT) == PAYMENT.transaction_uuid

    assert ledger.read() == (CHARGE, CHARGE)


def test_a_fault_that_is_over_has_no_effect(tmp_path: Path) -> None:
    trouble = TroubleFile(tmp_path / "trouble")
    trouble.write(PaymentTrouble(dies=1.0))
    trouble.remove()

    assert not concerns(trouble.read().dies, PAYMENT.order_uuid)
