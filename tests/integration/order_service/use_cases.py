"""The use cases on a real database, with a payment service that the test controls."""

from functools import partial
from operator import attrgetter
from uuid import UUID, uuid4

from libs.clock import utc_now
from libs.parallel import in_parallel
from libs.postgres.transactions import advisory_lock
from order_service.app.di.worker import RECONCILERS
from order_service.repository.orders import PostgresOrders
from order_service.service.background.reconcile_payments import ReconcilePayments
from order_service.service.orders.cancel_order import CancelOrder
from order_service.service.orders.finish_payment import FinishPayment
from order_service.service.orders.pay_order import PayOrder
from order_service.service.orders.ports import PaymentGateway
from tests.integration.order_service.database import OrderDatabase
from tests.unit.order_service.builders import an_order


class UseCasesOnPostgres:
    def __init__(self, database: OrderDatabase, payments: PaymentGateway) -> None:
        self.orders = PostgresOrders(
            database.engine, topic_of=attrgetter("topic"), current_trace=lambda: None
        )
        finish_payment = FinishPayment(self.orders, payments, clock=utc_now)
        self.pay_order = PayOrder(self.orders, finish_payment, new_id=uuid4, clock=utc_now)
        self.cancel_order = CancelOrder(self.orders)
        self.reconcile_payments = ReconcilePayments(
            self.orders,
            finish_payment,
            try_lock=partial(advisory_lock, database.engine, "test reconcile"),
            in_parallel=partial(in_parallel, times=RECONCILERS),
            new_id=uuid4,
            clock=utc_now,
        )

    def add_order(self) -> UUID:
        order = an_order(order_uuid=uuid4())
        self.orders.add(order)
        return order.order_uuid
