"""What every order repository does: the one in memory that the unit tests trust, and PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.clock import utc_now
from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import PostgresSettings
from order_service.model.claim import CLAIM_AGE_S
from order_service.model.errors import (
    OrderNotCancellable,
    OrderNotFound,
    OrderNotPayable,
    PaymentInFlight,
)
from order_service.model.events import order_paid
from order_service.model.order import LARGEST_TOTAL_PRICE, Order, OrderStatus
from order_service.model.payment_method import PaymentMethod
from order_service.repository.orders import PostgresOrders
from order_service.service.ports import OrderFilter, OrderRepository, PagePosition
from tests.unit.order_service.builders import (
    CLAIM,
    NOON,
    ORDER,
    OTHER_CLAIM,
    TRANSACTION,
    USER,
    HandClock,
    an_order,
)
from tests.unit.order_service.fakes import FakeOrders

CARD, SBP = PaymentMethod.CARD, PaymentMethod.SBP

LetPass = Callable[[float], None]


class Store:
    """A repository, how many events it announced, and a way to make its claims older."""

    def __init__(
        self, orders: OrderRepository, count_events: Callable[[], int], let_pass_s: LetPass
    ) -> None:
        self.orders = orders
        self.count_events = count_events
        self.let_pass_s = let_pass_s

    def paid(self, *, by: PaymentMethod = CARD) -> Order:
        claim = self.orders.claim_for_payment(ORDER, by, claim_id=CLAIM)
        event = order_paid(claim, TRANSACTION, at=NOON)
        self.orders.mark_paid(claim, TRANSACTION, announce=event)
        return self.orders.get(ORDER)


def memory_store() -> Store:
    clock = HandClock()
    orders = FakeOrders(clock=clock)
    return Store(orders, lambda: len(orders.announced), clock.pass_s)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.engine)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield memory_store()
        return
    settings: PostgresSettings = request.getfixturevalue("postgres")
    engine = create_database_engine(settings)
    migrate(engine, "order_service.migrations")

    def let_pass_s(seconds: float) -> None:
        with engine.begin() as tx:
            age = text("UPDATE orders SET paying_since = paying_since - make_interval(secs => :s)")
            tx.execute(age, {"s": seconds})

    def count_events() -> int:
        with engine.begin() as tx:
            return int(tx.execute(text("SELECT count(*) FROM outbox")).scalar_one())

    orders = PostgresOrders(engine, paid_topic="order.paid", current_trace=lambda: None)
    yield Store(orders, count_events, let_pass_s)
    engine.dispose()


def test_a_stored_order_reads_back_equal(store: Store) -> None:
    order = an_order(total_price=LARGEST_TOTAL_PRICE, created_at=utc_now())

    store.orders.add(order)

    assert store.orders.get(ORDER) == order


def test_a_moment_reads_back_in_utc(store: Store) -> None:
    store.orders.add(an_order())

    assert store.orders.get(ORDER).created_at.tzinfo is not None
    assert store.orders.get(ORDER).created_at.utcoffset() == timedelta()


def test_storing_an_order_again_changes_nothing(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.cancel(ORDER)

    store.orders.add(an_order())

    assert store.orders.get(ORDER).status is OrderStatus.CANCELLED


def test_an_order_that_was_never_stored_is_not_found(store: Store) -> None:
    with pytest.raises(OrderNotFound):
        store.orders.get(ORDER)
    with pytest.raises(OrderNotFound):
        store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    with pytest.raises(OrderNotFound):
        store.orders.cancel(ORDER)


def test_orders_are_listed_from_the_newest_on_and_by_uuid_at_the_same_moment(
    store: Store,
) -> None:
    for number in range(6):
        order_uuid, created_at = UUID(int=number), NOON + timedelta(microseconds=number // 2)
        store.orders.add(an_order(order_uuid=order_uuid, created_at=created_at))

    first = store.orders.newest(OrderFilter(), limit=3)
    position = PagePosition(created_at=first[-1].created_at, order_uuid=first[-1].order_uuid)
    second = store.orders.newest(OrderFilter(), limit=9, after=position)

    assert [order.order_uuid.int for order in (*first, *second)] == [5, 4, 3, 2, 1, 0]


def test_a_list_is_narrowed_by_status_and_user(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.add(an_order(order_uuid=UUID(int=1), user_uuid=UUID(int=2)))
    store.orders.cancel(ORDER)

    by_status = store.orders.newest(OrderFilter(status=OrderStatus.CANCELLED), limit=9)
    by_user = store.orders.newest(OrderFilter(user_uuid=UUID(int=2)), limit=9)
    by_both = store.orders.newest(
        OrderFilter(status=OrderStatus.PENDING_PAYMENT, user_uuid=USER), limit=9
    )

    assert [order.order_uuid for order in by_status] == [ORDER]
    assert [order.order_uuid.int for order in by_user] == [1]
    assert list(by_both) == []


def test_an_order_is_claimed_once(store: Store) -> None:
    store.orders.add(an_order())

    claim = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)

    assert (claim.claim_id, claim.order_uuid, claim.user_uuid) == (CLAIM, ORDER, USER)
    assert (claim.method, claim.taken_over) == (CARD, False)
    with pytest.raises(PaymentInFlight):
        store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)


def test_a_claim_whose_commit_was_not_acknowledged_meets_itself(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)

    assert store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM).claim_id == CLAIM


def test_a_claim_is_taken_over_after_ten_seconds_and_not_before(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)

    store.let_pass_s(CLAIM_AGE_S - 2)
    with pytest.raises(PaymentInFlight):
        store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)
    store.let_pass_s(2.1)
    taken = store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)

    assert (taken.claim_id, taken.taken_over) == (OTHER_CLAIM, True)


def test_a_stale_claim_is_not_taken_over_by_another_method(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.let_pass_s(CLAIM_AGE_S + 1)

    with pytest.raises(PaymentInFlight):
        store.orders.claim_for_payment(ORDER, SBP, claim_id=OTHER_CLAIM)


def test_the_oldest_stale_claim_is_taken_over_first(store: Store) -> None:
    for number in (1, 2):
        store.orders.add(an_order(order_uuid=UUID(int=number)))
        store.orders.claim_for_payment(UUID(int=number), SBP, claim_id=CLAIM)
        store.let_pass_s(CLAIM_AGE_S + 1)

    taken = [store.orders.take_over_stale_claim(UUID(int=number)) for number in range(90, 93)]

    assert [claim and (claim.order_uuid.int, claim.claim_id.int) for claim in taken] == [
        (1, 90),
        (2, 91),
        None,
    ]
    assert taken[0] is not None
    assert (taken[0].method, taken[0].taken_over) == (SBP, True)


def test_a_fresh_claim_is_nothing_to_take_over(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)

    assert store.orders.take_over_stale_claim(OTHER_CLAIM) is None


def test_a_released_order_can_be_claimed_by_any_method(store: Store) -> None:
    store.orders.add(an_order())
    claim = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)

    store.orders.release_claim(claim)
    store.orders.release_claim(claim)

    assert store.orders.claim_for_payment(ORDER, SBP, claim_id=OTHER_CLAIM).method is SBP


def test_a_claim_that_was_taken_over_is_not_released_by_its_first_holder(store: Store) -> None:
    store.orders.add(an_order())
    lost = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.let_pass_s(CLAIM_AGE_S + 1)
    store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)

    store.orders.release_claim(lost)

    with pytest.raises(PaymentInFlight):
        store.orders.cancel(ORDER)


def test_a_paid_order_holds_method_transaction_and_time_and_no_claim(store: Store) -> None:
    store.orders.add(an_order())

    paid = store.paid(by=SBP)

    assert paid == an_order(
        status=OrderStatus.PAID,
        payment_method=SBP,
        transaction_uuid=TRANSACTION,
        paid_at=NOON,
    )
    assert store.count_events() == 1


def test_marking_paid_again_with_the_same_transaction_announces_nothing_more(
    store: Store,
) -> None:
    store.orders.add(an_order())
    claim = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)

    for _ in range(3):
        event = order_paid(claim, TRANSACTION, at=datetime.now(UTC))
        store.orders.mark_paid(claim, TRANSACTION, announce=event)

    assert store.count_events() == 1


def test_whoever_lost_the_claim_does_not_mark_the_order_paid(store: Store) -> None:
    store.orders.add(an_order())
    lost = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.let_pass_s(CLAIM_AGE_S + 1)
    store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)

    with pytest.raises(PaymentInFlight):
        store.orders.mark_paid(lost, TRANSACTION, announce=order_paid(lost, TRANSACTION, at=NOON))

    assert store.orders.get(ORDER).status is OrderStatus.PENDING_PAYMENT
    assert store.count_events() == 0


def test_a_proven_charge_pays_an_order_whose_claim_was_released(store: Store) -> None:
    store.orders.add(an_order())
    claim = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.orders.release_claim(claim)

    store.orders.mark_paid(claim, TRANSACTION, announce=order_paid(claim, TRANSACTION, at=NOON))

    assert store.orders.get(ORDER).status is OrderStatus.PAID


def test_another_transaction_does_not_pay_a_paid_order(store: Store) -> None:
    store.orders.add(an_order())
    claim = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.orders.mark_paid(claim, TRANSACTION, announce=order_paid(claim, TRANSACTION, at=NOON))

    with pytest.raises(OrderNotPayable):
        store.orders.mark_paid(claim, USER, announce=order_paid(claim, USER, at=NOON))

    assert store.orders.get(ORDER).transaction_uuid == TRANSACTION


def test_a_paid_order_is_neither_claimed_nor_cancelled(store: Store) -> None:
    store.orders.add(an_order())
    store.paid()

    with pytest.raises(OrderNotPayable):
        store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)
    with pytest.raises(OrderNotCancellable):
        store.orders.cancel(ORDER)


def test_a_cancelled_order_is_neither_claimed_nor_paid(store: Store) -> None:
    store.orders.add(an_order())
    claim = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.orders.release_claim(claim)
    store.orders.cancel(ORDER)
    store.orders.cancel(ORDER)

    with pytest.raises(OrderNotPayable):
        store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)
    with pytest.raises(OrderNotPayable):
        store.orders.mark_paid(claim, TRANSACTION, announce=order_paid(claim, TRANSACTION, at=NOON))
    assert store.count_events() == 0


def test_a_claimed_order_is_not_cancelled(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)

    with pytest.raises(PaymentInFlight):
        store.orders.cancel(ORDER)


def test_a_price_reads_back_with_its_two_decimals(store: Store) -> None:
    store.orders.add(an_order(total_price=Decimal("7.50")))

    assert str(store.orders.get(ORDER).total_price) == "7.50"
