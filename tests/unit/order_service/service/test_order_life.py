"""Any interleaving of repeated, reordered and interrupted operations leaves a legal order."""

from dataclasses import replace
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from libs.errors import Conflict, Unavailable
from order_service.model.claim import CLAIM_AGE_S, Claim
from order_service.model.errors import PaymentDeclined, PaymentTimedOut
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.unit.order_service.builders import ORDER, an_order
from tests.unit.order_service.fakes import transaction_of
from tests.unit.order_service.payments_on_fakes import PaymentsOnFakes

METHODS = st.sampled_from(PaymentMethod)

NEXT = {
    OrderStatus.PENDING_PAYMENT: set(OrderStatus) - {OrderStatus.ASSEMBLED},
    OrderStatus.PAID: {OrderStatus.PAID},
    OrderStatus.CANCELLED: {OrderStatus.CANCELLED},
}


class OrderLife(PaymentsOnFakes, RuleBasedStateMachine):
    """One order; payers may die or freeze between any two steps."""

    dead_payers = Bundle("dead_payers")
    charged_payers = Bundle("charged_payers")

    def __init__(self) -> None:
        PaymentsOnFakes.__init__(self, an_order())
        RuleBasedStateMachine.__init__(self)
        self.before = OrderStatus.PENDING_PAYMENT
        self.acknowledged: set[UUID] = set()

    @rule(method=METHODS)
    def pay(self, method: PaymentMethod) -> None:
        try:
            self.acknowledged.add(self.pay_order(ORDER, method))
        except (Conflict, Unavailable):
            return

    @rule(target=dead_payers, method=METHODS)
    def claim_and_stop(self, method: PaymentMethod) -> Claim | None:
        try:
            return self.orders.claim_for_payment(ORDER, method, claim_id=self.new_id())
        except Conflict:
            return None

    @rule(target=charged_payers, claim=consumes(dead_payers))
    def charge_and_stop(self, claim: Claim | None) -> Claim | None:
        if claim is None or self.orders.only.claim != claim:
            return None
        try:
            self.payments.pay(claim)
        except (Conflict, Unavailable):
            return None
        return replace(claim, may_be_charged=True)

    @rule(claim=charged_payers)
    def wake_up_and_mark(self, claim: Claim | None) -> None:
        if claim is None:
            return
        try:
            self.acknowledged.add(self.finish_payment(claim, claimed_after=self.clock()))
        except (Conflict, Unavailable):
            return

    @rule()
    def cancel(self) -> None:
        try:
            self.cancel_order(ORDER)
        except Conflict:
            return

    @rule()
    def reconcile(self) -> None:
        self.reconcile_payments()

    @rule(
        before=st.sampled_from([None, PaymentTimedOut(ORDER)]),
        after=st.sampled_from([None, PaymentTimedOut(ORDER)]),
    )
    def let_payments_fail(
        self, before: PaymentTimedOut | None, after: PaymentTimedOut | None
    ) -> None:
        self.payments.failure, self.payments.failure_after_charging = before, after

    @rule()
    def let_payments_decline(self) -> None:
        """Refuse, also after a charge whose answer was lost."""
        self.payments.failure = PaymentDeclined(ORDER, "no money")

    @rule(seconds=st.sampled_from([1, CLAIM_AGE_S, CLAIM_AGE_S + 1]))
    def let_time_pass(self, seconds: int) -> None:
        self.clock.pass_s(seconds)

    @invariant()
    def state_never_moves_back(self) -> None:
        status = self.orders.only.status
        assert status in NEXT[self.before]
        self.before = status

    @invariant()
    def a_cancelled_order_was_never_charged(self) -> None:
        if self.orders.only.status is OrderStatus.CANCELLED:
            assert self.payments.charged == {}

    @invariant()
    def a_charged_order_is_paid_or_held_until_it_is(self) -> None:
        order = self.orders.only
        if self.payments.charged:
            assert order.status is OrderStatus.PAID or order.claim is not None

    @invariant()
    def a_paid_order_has_one_transaction_and_one_event(self) -> None:
        paid = self.orders.only.status is OrderStatus.PAID
        assert len(self.orders.announced) == int(paid)
        if self.acknowledged:
            assert self.acknowledged == {self.orders.only.transaction_uuid}

    @invariant()
    def the_method_on_the_order_is_the_one_that_was_charged(self) -> None:
        order = self.orders.only
        if order.status is OrderStatus.PAID:
            assert self.payments.charged == {ORDER: order.payment_method}

    def teardown(self) -> None:
        """In any state, a healthy system finishes the payment."""
        self.payments.failure = self.payments.failure_after_charging = None
        self.clock.pass_s(CLAIM_AGE_S + 1)
        self.reconcile_payments()
        self.settle_what_is_in_doubt()
        order = self.orders.only
        assert order.claim is None
        assert (order.status is OrderStatus.PAID) == bool(self.payments.charged)

    def settle_what_is_in_doubt(self) -> None:
        for claim in self.orders.in_doubt(limit=1):
            if self.payments.charged:
                self.settle_payment.charged(ORDER, transaction_of(ORDER))
            else:
                self.settle_payment.not_charged(claim.order_uuid)


OrderLife.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)

TestOrderLife = OrderLife.TestCase
