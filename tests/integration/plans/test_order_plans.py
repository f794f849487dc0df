"""No statement of the order service reads its history of a million orders."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from libs.clock import utc_now
from libs.resilience.coalescing import Coalescing
from order_service.model.events import BuiltShip, EventRecord, order_paid
from order_service.model.idempotency import Answer, Attempt, KeyedRequest
from order_service.model.order import OrderStatus
from order_service.model.outbox import Lane, OutboxEvent, Publication, Refusal
from order_service.model.payment_method import PaymentMethod
from order_service.repository.assembled_orders import PostgresAssembledOrders
from order_service.repository.evidence import IN_WORK_LIMIT, see_orders
from order_service.repository.idempotency import PostgresIdempotencyKeys
from order_service.repository.metrics.gauges import OrderGauges
from order_service.repository.metrics.stages import COUNTED
from order_service.repository.orders import PostgresOrders
from order_service.repository.outbox import PostgresOutbox
from order_service.repository.timelines import PostgresTimelines
from order_service.service.orders.ports import OrderFilter, PagePosition
from tests.contract.order_service.stores import AlwaysTogether, postgres_orders
from tests.integration.plans.order_history import BACKLOG, an_id, fill
from tests.integration.plans.plans import Work, assert_bounded
from tests.unit.order_service.builders import a_claim, an_order

BATCH = 500

ANSWER = Answer(status=201, body={})


@pytest.fixture
def engine(migrated_engine: Callable[[str], Engine]) -> Engine:
    engine = migrated_engine("order_service.migrations")
    fill(engine)
    return engine


def test_no_statement_reads_more_than_its_own_rows(engine: Engine) -> None:
    assert_bounded(engine, work_of(engine), small_tables={"pg_namespace"})


def work_of(engine: Engine) -> Iterator[Work]:
    yield from work_of_the_outbox(PostgresOutbox(engine))
    yield from work_of_the_orders(postgres_orders(engine, coalescing=Coalescing))
    yield from work_of_waiting_calls(postgres_orders(engine, coalescing=AlwaysTogether))
    yield from work_of_the_keys(PostgresIdempotencyKeys(engine))
    ship = BuiltShip(5, EventRecord(partition=3, offset=17, at=utc_now()))
    batch = {an_id("overdue", number): ship for number in range(1, BATCH)}
    yield BATCH, lambda: PostgresAssembledOrders(engine).mark_assembled({**batch, uuid4(): ship})
    yield COUNTED, OrderGauges(engine, ["order.paid"])
    timelines = PostgresTimelines(engine, assembled_topic="order.assembled")
    yield 1, lambda: timelines.timeline(an_id("finished", 5))
    yield 5 * IN_WORK_LIMIT, lambda: see_orders(engine, at_rest_too=False)


def work_of_the_outbox(outbox: PostgresOutbox) -> Iterator[Work]:
    for lane in Lane:
        yield 1, partial(outbox.has_waiting, lane)
        yield BATCH, partial(outbox.waiting, lane, limit=BATCH)
        yield BATCH, partial(outbox.publish_waiting, lane, half, limit=BATCH)
    page = outbox.redrive_overdue(limit=BATCH, after=None)
    assert page.last
    yield BATCH, lambda: outbox.redrive_overdue(limit=BATCH, after=None)
    yield BATCH, lambda: outbox.redrive_overdue(limit=BATCH, after=page.last)
    yield BATCH, lambda: outbox.delete_done(limit=BATCH)


def work_of_the_orders(orders: PostgresOrders) -> Iterator[Work]:
    new = an_order(order_uuid=uuid4(), created_at=utc_now())
    position = PagePosition(created_at=utc_now(), order_uuid=UUID(int=0))
    user = orders.get(an_id("finished", 5)).user_uuid
    for status in (None, *OrderStatus):
        for user_uuid in (None, user):
            wanted = OrderFilter(status=status, user_uuid=user_uuid)
            yield 100, partial(orders.newest, wanted, limit=100)
            yield 100, partial(orders.newest, wanted, limit=100, after=position)
    yield 1, lambda: orders.add(new)
    yield 1, lambda: orders.get(new.order_uuid)
    method, taken = PaymentMethod.CARD, an_id("claimed", 7)
    yield 1, lambda: orders.claim_for_payment(new.order_uuid, method, claim_id=uuid4())
    yield 1, lambda: orders.claim_for_payment(taken, method, claim_id=uuid4())
    claims = [orders.take_over_stale_claim(uuid4()) for _ in range(3)]
    yield 1, lambda: orders.take_over_stale_claim(uuid4())
    paid, released, doubtful = claims
    assert paid
    assert released
    assert doubtful
    event = order_paid(paid, uuid4(), at=utc_now())
    yield 1, lambda: orders.mark_paid(paid, event.transaction_uuid, announce=event)
    yield 1, lambda: orders.release_claim(released)
    yield 1, lambda: orders.cancel(released.order_uuid)
    yield 1, lambda: orders.leave_in_doubt(doubtful, "refused")
    yield 100, lambda: orders.in_doubt(limit=100)
    yield 1, lambda: orders.take_over_doubt(an_id("doubtful", 7), uuid4())


def work_of_waiting_calls(orders: PostgresOrders) -> Iterator[Work]:
    new, claim_id = an_order(order_uuid=uuid4(), created_at=utc_now()), uuid4()
    claim = a_claim(order_uuid=new.order_uuid, claim_id=claim_id)
    event = order_paid(claim, uuid4(), at=utc_now())
    yield 1, lambda: orders.add(new)
    yield (
        1,
        lambda: orders.claim_for_payment(claim.order_uuid, claim.method, claim_id=claim.claim_id),
    )
    yield 1, lambda: orders.mark_paid(claim, event.transaction_uuid, announce=event)


def work_of_the_keys(keys: PostgresIdempotencyKeys) -> Iterator[Work]:
    new = KeyedRequest(scope="open", key="new", digest=b"")
    known = KeyedRequest(scope="open", key=str(2 * BACKLOG), digest=b"")
    for request in (new, known):
        yield 1, partial(keys.begin, request, attempt_id=uuid4())
    attempt = keys.begin(KeyedRequest(scope="open", key="mine", digest=b""), attempt_id=uuid4())
    assert isinstance(attempt, Attempt)
    yield 1, lambda: keys.release(attempt)
    yield 1, lambda: keys.finish(attempt, ANSWER)
    yield BATCH, lambda: keys.delete_expired(limit=BATCH)


def half(events: Sequence[OutboxEvent]) -> Publication:
    """Acknowledge every other event."""
    ids = [event.event_uuid for event in events]
    refused = {each: Refusal(reason="no leader") for each in ids[1::2]}
    return Publication(acknowledged=tuple(ids[::2]), refused=refused)
