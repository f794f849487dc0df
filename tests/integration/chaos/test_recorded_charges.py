"""Charges that end the payment service, or come late."""

import os
import time
from pathlib import Path

import pytest

from tests.chaos.faults.peers.payment_server import RecordedCharges
from tests.chaos.faults.peers.payment_trouble import PaymentTrouble, TroubleFile
from tests.chaos.judging.stores.ledger import Ledger
from tests.unit.chaos.judging.test_ledger import CHARGE, PAYMENT


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def test_a_fatal_charge_is_noted_before_the_process_dies_and_is_fatal_once(
    ledger: Ledger, tmp_path: Path
) -> None:
    trouble = TroubleFile(tmp_path / "trouble")
    trouble.write(PaymentTrouble(dies=0.15))

    child = os.fork()
    if child == 0:
        RecordedCharges(ledger, trouble)(PAYMENT)
        os._exit(0)

    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 137
    assert ledger.read() == (CHARGE,)
    assert RecordedCharges(ledger, trouble)(PAYMENT) == PAYMENT.transaction_uuid


def test_a_late_charge_is_noted_at_once_and_is_late_once(ledger: Ledger, tmp_path: Path) -> None:
    trouble = TroubleFile(tmp_path / "trouble")
    trouble.write(PaymentTrouble(late=0.15))
    charge = RecordedCharges(ledger, trouble, late_s=0.2)
    durations_s = []

    for _ in range(2):
        begun_s = time.monotonic()
        assert charge(PAYMENT) == PAYMENT.transaction_uuid
        durations_s.append(time.monotonic() - begun_s)

    assert durations_s[0] >= 0.2 > durations_s[1]
    assert ledger.read() == (CHARGE, CHARGE)
