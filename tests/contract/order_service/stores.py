"""The repositories under contract test."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Engine, insert, text

from libs.clock import Clock, utc_now
from libs.contracts.events.declared import DeclaredEvent
from libs.resilience.coalescing import Coalescing, Item, Result
from order_service.model.order import Order
from order_service.repository.assembled_orders import PostgresAssembledOrders
from order_service.repository.idempotency import PostgresIdempotencyKeys
from order_service.repository.orders import PostgresOrders
from order_service.repository.rows import order_to_row
from order_service.repository.tables import orders as order_rows
from order_service.service.background.ports import AssembledOrders
from order_service.service.orders.edge_ports import IdempotencyKeys
from order_service.service.orders.ports import OrderRepository
from tests.unit.order_service.builders import NOON, HandClock
from tests.unit.order_service.fakes import FakeOrders

AGE = (
    "UPDATE orders SET paying_since = paying_since - make_interval(secs => :s)",
    """UPDATE idempotency_keys SET created_at = created_at - make_interval(secs => :s),
        attempted_at = attempted_at - make_interval(secs => :s)""",
)

COUNT_EVENTS = text("SELECT count(*) FROM outbox WHERE headers ->> 'event-type' = :type_name")


@dataclass(frozen=True, kw_only=True)
class Store:
    """The repositories, their announced events, and ways to set their content and its age."""

    orders: OrderRepository
    assembled: AssembledOrders
    keys: IdempotencyKeys
    count_events: Callable[[DeclaredEvent], int]
    let_pass_s: Callable[[float], None]
    put: Callable[[Order], object]
    """Stores an order in any state; NOON in its claim means now."""
    now: Clock


def memory_store(*held: Order) -> Store:
    clock = HandClock()
    orders = FakeOrders(*held, clock=clock)
    return Store(
        orders=orders,
        assembled=orders,
        keys=orders.keys,
        count_events=orders.count_events,
        let_pass_s=clock.pass_s,
        put=orders.add,
        now=clock,
    )


class AlwaysTogether(Coalescing[Item, Result]):
    """Answers each call as if others waited with it."""

    def __call__(self, item: Item) -> Result:
        (result,) = self._together([item])
        return self._alone(item) if result is None else result


def postgres_orders(engine: Engine, *, coalescing: type[Coalescing[Any, Any]]) -> PostgresOrders:
    return PostgresOrders(
        engine, topic_of=attrgetter("topic"), current_trace=lambda: None, coalescing=coalescing
    )


def postgres_store(
    engine: Engine, *held: Order, coalescing: type[Coalescing[Any, Any]] = Coalescing
) -> Store:
    """Replace all orders with these."""

    def let_pass_s(seconds: float) -> None:
        with engine.begin() as tx:
            for statement in AGE:
                tx.execute(text(statement), {"s": seconds})

    def count_events(event: DeclaredEvent) -> int:
        with engine.begin() as tx:
            return int(tx.execute(COUNT_EVENTS, {"type_name": event.type_name}).scalar_one())

    def put(order: Order) -> None:
        with engine.begin() as tx:
            tx.execute(insert(order_rows).values(row_of(order)))

    _empty(engine)
    for order in held:
        put(order)
    return Store(
        orders=postgres_orders(engine, coalescing=coalescing),
        assembled=PostgresAssembledOrders(engine),
        keys=PostgresIdempotencyKeys(engine),
        count_events=count_events,
        let_pass_s=let_pass_s,
        put=put,
        now=utc_now,
    )


def _empty(engine: Engine) -> None:
    with engine.begin() as tx:
        tx.execute(text("DELETE FROM outbox; DELETE FROM orders"))


def row_of(order: Order) -> dict[str, Any]:
    row = order_to_row(order) | {
        "payment_method": order.payment_method,
        "transaction_uuid": order.transaction_uuid,
        "paid_at": order.paid_at,
        "assembled_at": order.assembled_at,
        "build_time_s": order.build_time_s,
    }
    if order.claim is not None:
        row |= {
            "claim_id": order.claim.claim_id,
            "paying_since": utc_now() - (NOON - order.claim.paying_since),
            "claimed_method": order.claim.method,
            "doubt": order.claim.doubt,
        }
    return row
