"""Each move of an order from every state: in the model, in memory, and in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from libs.contracts.events.declared import ORDER_PAID
from libs.errors import AppError
from libs.postgres.set_back import SET_BACK_S
from order_service.model.claim import CLAIM_AGE_S
from order_service.model.errors import (
    OrderNotAssemblable,
    OrderNotCancellable,
    OrderNotPayable,
    PaymentInFlight,
    PaymentNotInDoubt,
)
from order_service.model.events import BuiltShip, order_paid
from order_service.model.order import Assembled, Order, OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.contract.order_service.stores import (
    AlwaysTogether,
    Store,
    memory_store,
    postgres_store,
)
from tests.unit.order_service.builders import (
    CLAIM,
    NOON,
    ORDER,
    OTHER_CLAIM,
    TRANSACTION,
    USER,
    a_claim,
    a_paid_order,
    an_order,
)

CARD, SBP = PaymentMethod.CARD, PaymentMethod.SBP

MARGIN_S = 5
"""Distance of the states from each time limit, and the precision of compared times."""


def held(*, tried_s_ago: float = 0, **changes: Any) -> Order:
    tried_at = NOON - timedelta(seconds=tried_s_ago)
    return an_order(claim=a_claim(paying_since=tried_at, **changes))


by_other = partial(held, claim_id=OTHER_CLAIM)

OLD_S, RECENT_S = CLAIM_AGE_S + MARGIN_S, CLAIM_AGE_S - MARGIN_S

FREE = an_order()
ASSEMBLED = {"status": OrderStatus.ASSEMBLED, "assembled_at": NOON}
CANCELLED = an_order(status=OrderStatus.CANCELLED)

STATES = {
    "free": FREE,
    "mine": held(tried_s_ago=RECENT_S),
    "fresh": by_other(tried_s_ago=RECENT_S),
    "stale": by_other(tried_s_ago=OLD_S),
    "stale_sbp": by_other(tried_s_ago=OLD_S, method=SBP),
    "ahead": by_other(tried_s_ago=MARGIN_S - SET_BACK_S),
    "far_ahead": by_other(tried_s_ago=-MARGIN_S - SET_BACK_S),
    "mine_in_doubt": held(tried_s_ago=RECENT_S, doubt="lost"),
    "fresh_in_doubt": by_other(tried_s_ago=RECENT_S, doubt="lost"),
    "stale_in_doubt": by_other(tried_s_ago=OLD_S, doubt="lost"),
    "paid": a_paid_order(),
    "paid_by_other": a_paid_order(transaction_uuid=USER),
    "assembled": a_paid_order(**ASSEMBLED, build_time_s=3),
    "cancelled": CANCELLED,
}


class Move(NamedTuple):
    in_model: Callable[[Order], Order]
    in_store: Callable[[Store], object]


Outcome = Order | type[AppError]

Run = Callable[[Order, Move], Outcome]
"""Returns the order after the move, or the error that keeps it unchanged."""


def seen(order: Order, now: datetime) -> Order:
    """Return the order at NOON, without may_be_charged, which only a claim's holder sees."""
    claim = order.claim
    if claim is not None:
        age_s = MARGIN_S * round((now - claim.paying_since).total_seconds() / MARGIN_S)
        tried_at = NOON - timedelta(seconds=age_s)
        claim = replace(claim, paying_since=tried_at, may_be_charged=False)
    return replace(order, claim=claim, assembled_at=order.assembled_at and NOON)


def run_in_model(order: Order, move: Move) -> Outcome:
    try:
        moved = move.in_model(order)
    except AppError as error:
        return type(error)
    assert moved is order or moved != order
    return seen(moved, NOON)


def run_in_store(open_store: Callable[[Order], Store], order: Order, move: Move) -> Outcome:
    store, refusal = open_store(order), None
    try:
        move.in_store(store)
    except AppError as error:
        refusal = type(error)
    after = seen(store.orders.get(ORDER), store.now())
    assert refusal is None or after == order
    assert store.count_events(ORDER_PAID) == (after.status is OrderStatus.PAID is not order.status)
    return refusal or after


ON_POSTGRES: dict[str, Callable[..., Store]] = {
    "postgres": postgres_store,
    "postgres together": partial(postgres_store, coalescing=AlwaysTogether),
}


@pytest.fixture(
    params=[
        "model",
        "memory",
        *(pytest.param(each, marks=pytest.mark.engine) for each in ON_POSTGRES),
    ]
)
def run(request: pytest.FixtureRequest) -> Run:
    if request.param == "model":
        return run_in_model
    if request.param == "memory":
        return partial(run_in_store, memory_store)
    open_store = ON_POSTGRES[request.param]
    return partial(run_in_store, partial(open_store, request.getfixturevalue("engine")))


def outcomes(run: Run, move: Move) -> dict[str, Outcome]:
    return {name: run(order, move) for name, order in STATES.items()}


def table(otherwise: Outcome | None = None, **cases: Outcome) -> dict[str, Outcome]:
    """Map these states to the outcome. All others map to otherwise, or to the same order."""
    return {name: otherwise or order for name, order in STATES.items()} | cases


def test_claim(run: Run) -> None:
    claim = Move(
        lambda order: order.claimed(CLAIM, CARD, at=NOON),
        lambda store: store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM),
    )

    assert outcomes(run, claim) == table(
        OrderNotPayable,
        free=held(),
        mine=held(),
        fresh=PaymentInFlight,
        stale=held(),
        stale_sbp=PaymentInFlight,
        ahead=PaymentInFlight,
        far_ahead=held(),
        mine_in_doubt=held(doubt="lost"),
        fresh_in_doubt=PaymentInFlight,
        stale_in_doubt=held(doubt="lost"),
    )


def test_take_over(run: Run) -> None:
    take_over = Move(
        lambda order: order.taken_over(CLAIM, at=NOON),
        lambda store: store.orders.take_over_stale_claim(CLAIM),
    )

    assert outcomes(run, take_over) == table(
        mine=held(), stale=held(), stale_sbp=held(method=SBP), far_ahead=held()
    )


def test_leave_in_doubt(run: Run) -> None:
    leave = Move(
        lambda order: order.left_in_doubt(a_claim(), "declined"),
        lambda store: store.orders.leave_in_doubt(a_claim(), "declined"),
    )
    doubted = held(tried_s_ago=RECENT_S, doubt="declined")

    assert outcomes(run, leave) == table(mine=doubted, mine_in_doubt=doubted)


def test_take_over_a_doubt(run: Run) -> None:
    take_over = Move(
        lambda order: order.doubt_taken_over(CLAIM, at=NOON),
        lambda store: store.orders.take_over_doubt(ORDER, CLAIM),
    )
    mine = held(doubt="lost")

    assert outcomes(run, take_over) == table(
        PaymentNotInDoubt, mine_in_doubt=mine, stale_in_doubt=mine
    )


def test_release(run: Run) -> None:
    release = Move(
        lambda order: order.released(a_claim()),
        lambda store: store.orders.release_claim(a_claim()),
    )

    assert outcomes(run, release) == table(mine=FREE, mine_in_doubt=FREE)


def test_pay(run: Run) -> None:
    claim = a_claim(method=SBP)
    event = order_paid(claim, TRANSACTION, at=NOON)
    pay = Move(
        lambda order: order.paid(claim, TRANSACTION, at=NOON),
        lambda store: store.orders.mark_paid(claim, TRANSACTION, announce=event),
    )
    paid = a_paid_order(payment_method=SBP)

    assert outcomes(run, pay) == table(
        PaymentInFlight,
        free=paid,
        mine=paid,
        mine_in_doubt=paid,
        paid=STATES["paid"],
        paid_by_other=OrderNotPayable,
        assembled=STATES["assembled"],
        cancelled=OrderNotPayable,
    )


def test_cancel(run: Run) -> None:
    cancel = Move(lambda order: order.cancelled(), lambda store: store.orders.cancel(ORDER))

    assert outcomes(run, cancel) == table(
        PaymentInFlight,
        free=CANCELLED,
        cancelled=CANCELLED,
        paid=OrderNotCancellable,
        paid_by_other=OrderNotCancellable,
        assembled=OrderNotCancellable,
    )


def test_assemble(run: Run) -> None:
    def assemble(store: Store) -> None:
        if store.assembled.mark_assembled({ORDER: BuiltShip(7)}).not_paid:
            raise OrderNotAssemblable(ORDER, "not PAID")

    move = Move(lambda order: order.assembled(7, at=NOON), assemble)

    assert outcomes(run, move) == table(
        OrderNotAssemblable,
        paid=a_paid_order(**ASSEMBLED, build_time_s=7),
        paid_by_other=a_paid_order(**ASSEMBLED, build_time_s=7, transaction_uuid=USER),
        assembled=STATES["assembled"],
    )


def test_a_batch_assembles_what_it_can_and_reports_each_other_outcome(store: Store) -> None:
    unknown, *known = [UUID(int=n) for n in range(len(STATES) + 1)]
    for order_uuid, order in zip(known, STATES.values(), strict=True):
        store.put(replace(order, order_uuid=order_uuid))

    assembled = store.assembled.mark_assembled(dict.fromkeys((unknown, *known), BuiltShip(7)))

    by_name = dict(zip(STATES, known, strict=True))
    not_paid = STATES.keys() - {"paid", "paid_by_other", "assembled"}
    assert set(assembled.not_paid) == {by_name[name] for name in not_paid}
    assert replace(assembled, not_paid=()) == Assembled(moved=2, repeated=1, unknown=(unknown,))
