"""Faults of the payment service."""

from uuid import UUID

from tests.chaos.faults.peers.payment_trouble import PaymentTrouble, concerns
from tests.chaos.judging.stores.database import rows_of
from tests.chaos.scenario import RunningSystem, Scenario
from tests.chaos.stack import PAYMENT

REFUSES_S = 30.0

TROUBLE_FOR_S = 25.0
FATAL_SHARE = 0.15
LATE_SHARE = 0.2

RESOLVED_WITHIN_S = 30.0

CLAIMED = "SELECT order_uuid FROM orders WHERE claim_id IS NOT NULL"


def refuse_payments(system: RunningSystem) -> int:
    """Stop the payment service, so that its port refuses connections."""
    system.roles.stop(PAYMENT)
    system.go_on_for(REFUSES_S)
    system.roles.start(PAYMENT)
    system.chaos.wait_until_ready()
    _complain_of_claims(system)
    return 1


def die_after_charging(system: RunningSystem) -> int:
    """Let the payment service die between a charge and its answer, repeatedly."""
    system.roles.excuse(PAYMENT, ended=0)
    concerned = _charge_in_trouble(system, PaymentTrouble(dies=FATAL_SHARE), share=FATAL_SHARE)
    system.chaos.wait_until_ready()
    _complain_of_claims(system)
    return concerned


def answer_late(system: RunningSystem) -> int:
    """Let the payment service charge, and answer after its caller's timeout."""
    concerned = _charge_in_trouble(system, PaymentTrouble(late=LATE_SHARE), share=LATE_SHARE)
    _complain_of_claims(system)
    if not system.load.answers["pay 504"]:
        system.complaints.append("no customer got the answer that payment is too slow")
    return concerned


def _charge_in_trouble(system: RunningSystem, trouble: PaymentTrouble, *, share: float) -> int:
    """Return how many orders were affected."""
    charged = len(system.chaos.ledger.read())
    system.chaos.payment_trouble.write(trouble)
    system.go_on_for(TROUBLE_FOR_S)
    system.chaos.payment_trouble.remove()
    charges = system.chaos.ledger.read()[charged:]
    return len({each.order_uuid for each in charges if concerns(share, each.order_uuid)})


def _complain_of_claims(system: RunningSystem) -> None:
    """Orders that are claimed when payment recovers are soon paid or released."""
    held = _claimed(system)
    if not held:
        system.complaints.append("no order was claimed when payment recovered")
    system.expect(
        lambda: not held & _claimed(system),
        lambda: f"{len(held & _claimed(system))} of {len(held)} orders are still claimed",
        within_s=RESOLVED_WITHIN_S,
    )


def _claimed(system: RunningSystem) -> set[UUID]:
    return {UUID(str(order_uuid)) for (order_uuid,) in rows_of(system, "order", CLAIMED)}


PAYMENT_SCENARIOS = (
    Scenario("payment-refuses", "payment refuses connections 30 s", refuse_payments),
    Scenario("payment-dies", "payment dies after charging, before answering", die_after_charging),
    Scenario("payment-late", "payment charges and answers after the deadline", answer_late),
)
