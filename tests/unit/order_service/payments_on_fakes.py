"""The use cases of payments, on fakes and a clock that a test advances."""

from collections.abc import Callable, Iterator

from libs.locks import TryLock
from order_service.model.order import Order
from order_service.service.background.reconcile_payments import ReconcilePayments
from order_service.service.orders.cancel_order import CancelOrder
from order_service.service.orders.finish_payment import FinishPayment
from order_service.service.orders.pay_order import PayOrder
from order_service.service.orders.settle_payment import SettlePayment
from tests.support.ids import counted_ids
from tests.support.locks import free_lock
from tests.unit.order_service.builders import HandClock
from tests.unit.order_service.fakes import FakeOrders, FakePayments


class PaymentsOnFakes:
    def __init__(self, *orders: Order, try_lock: TryLock = free_lock) -> None:
        self.clock = clock = HandClock()
        self.orders = FakeOrders(*orders, clock=clock)
        self.payments = FakePayments()
        self.new_id = new_id = counted_ids()
        self.finish_payment = FinishPayment(self.orders, self.payments, clock=clock)
        self.pay_order = PayOrder(self.orders, self.finish_payment, new_id=new_id, clock=clock)
        self.cancel_order = CancelOrder(self.orders)
        self.settle_payment = SettlePayment(self.orders, new_id=new_id, clock=clock)
        self.reconcile_payments = ReconcilePayments(
            self.orders,
            self.finish_payment,
            try_lock=try_lock,
            in_parallel=one_by_one,
            new_id=new_id,
            clock=clock,
        )


def one_by_one(work: Callable[[], int]) -> Iterator[int]:
    yield work()
