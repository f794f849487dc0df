"""The repositories that the contract is checked on."""

from collections.abc import Callable

from sqlalchemy import Engine, text

from order_service.model.events import order_paid
from order_service.model.order import Order
from order_service.model.payment_method import PaymentMethod
from order_service.repository.idempotency import PostgresIdempotencyKeys
from order_service.repository.orders import PostgresOrders
from order_service.service.orders.edge_ports import IdempotencyKeys
from order_service.service.orders.ports import OrderRepository
from tests.unit.order_service.builders import CLAIM, NOON, ORDER, TRANSACTION, HandClock
from tests.unit.order_service.fakes import FakeOrders

LetPass = Callable[[float], None]

AGE = (
    "UPDATE orders SET paying_since = paying_since - make_interval(secs => :s)",
    """UPDATE idempotency_keys SET created_at = created_at - make_interval(secs => :s),
        attempted_at = attempted_at - make_interval(secs => :s)""",
)


class Store:
    """The repositories, how many events they announced, and a way to make what they hold older."""

    def __init__(
        self,
        orders: OrderRepository,
        keys: IdempotencyKeys,
        count_events: Callable[[], int],
        let_pass_s: LetPass,
    ) -> None:
        self.orders = orders
        self.keys = keys
        self.count_events = count_events
        self.let_pass_s = let_pass_s

    def paid(self, *, by: PaymentMethod = PaymentMethod.CARD) -> Order:
        claim = self.orders.claim_for_payment(ORDER, by, claim_id=CLAIM)
        event = order_paid(claim, TRANSACTION, at=NOON)
        self.orders.mark_paid(claim, TRANSACTION, announce=event)
        return self.orders.get(ORDER)


def memory_store() -> Store:
    clock = HandClock()
    orders = FakeOrders(clock=clock)
    return Store(orders, orders.keys, lambda: len(orders.announced), clock.pass_s)


def postgres_store(engine: Engine) -> Store:
    def let_pass_s(seconds: float) -> None:
        with engine.begin() as tx:
            for statement in AGE:
                tx.execute(text(statement), {"s": seconds})

    def count_events() -> int:
        with engine.begin() as tx:
            return int(tx.execute(text("SELECT count(*) FROM outbox")).scalar_one())

    orders = PostgresOrders(engine, paid_topic="order.paid", current_trace=lambda: None)
    return Store(orders, PostgresIdempotencyKeys(engine), count_events, let_pass_s)
