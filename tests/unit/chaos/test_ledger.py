import os
from pathlib import Path
from uuid import UUID

import pytest

from payment_service.model.payment import Payment, PaymentMethod
from tests.chaos.evidence import Charge
from tests.chaos.ledger import Ledger
from tests.chaos.payment_server import RecordedCharges

PAYMENT = Payment(order_id=UUID(int=114), user_id=UUID(int=1), method=PaymentMethod.SBP)
CHARGE = Charge(order_uuid=PAYMENT.order_id, method="SBP", transaction_uuid=PAYMENT.transaction_id)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def test_a_ledger_that_nobody_has_written_is_empty(ledger: Ledger) -> None:
    assert ledger.read() == ()


def test_every_call_is_noted_with_what_was_charged(ledger: Ledger, tmp_path: Path) -> None:
    charge = RecordedCharges(ledger, tmp_path / "share")

    assert charge(PAYMENT) == charge(PAYMENT) == PAYMENT.transaction_id

    assert ledger.read() == (CHARGE, CHARGE)


def test_a_fatal_charge_is_noted_before_the_process_dies_and_is_fatal_once(
    ledger: Ledger, tmp_path: Path
) -> None:
    share = tmp_path / "share"
    share.write_text("0.15", encoding="utf-8")

    child = os.fork()
    if child == 0:
        RecordedCharges(ledger, share)(PAYMENT)
        os._exit(0)

    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 137
    assert ledger.read() == (CHARGE,)
    assert RecordedCharges(ledger, share)(PAYMENT) == PAYMENT.transaction_id
