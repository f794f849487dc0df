"""The way of an order, as the moves write it in PostgreSQL."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from libs.clock import utc_now
from libs.kafka.types import StoredAt
from libs.resilience.coalescing import Coalescing
from order_service.model.errors import OrderNotFound
from order_service.model.events import BuiltShip, EventRecord, order_paid
from order_service.model.outbox import Lane, Publication
from order_service.model.payment_method import PaymentMethod
from order_service.model.timeline import WaitsFor
from order_service.repository.assembled_orders import PostgresAssembledOrders
from order_service.repository.outbox import PostgresOutbox
from order_service.repository.timelines import PostgresTimelines
from tests.contract.order_service.stores import AlwaysTogether, postgres_orders
from tests.integration.order_service.database import OrderDatabase
from tests.unit.order_service.builders import an_order


@pytest.fixture
def engine(database: OrderDatabase) -> Engine:
    return database.engine


def timelines(engine: Engine) -> PostgresTimelines:
    return PostgresTimelines(engine, assembled_topic="order.assembled")


@pytest.mark.parametrize("coalescing", [Coalescing, AlwaysTogether])
def test_every_move_of_an_order_leaves_its_step(
    engine: Engine, coalescing: type[Coalescing[object, object]]
) -> None:
    order = an_order(order_uuid=uuid4(), created_at=utc_now())
    orders = postgres_orders(engine, coalescing=coalescing)
    orders.add(order)
    claim = orders.claim_for_payment(order.order_uuid, PaymentMethod.CARD, claim_id=uuid4())
    assert timelines(engine).timeline(order.order_uuid).waits_for is WaitsFor.PAYMENT

    paid = order_paid(claim, uuid4(), at=utc_now())
    orders.mark_paid(claim, paid.transaction_uuid, announce=paid)
    assert timelines(engine).timeline(order.order_uuid).waits_for is WaitsFor.RELAY
    publish(engine, paid.event_uuid)
    assert timelines(engine).timeline(order.order_uuid).waits_for is WaitsFor.SHIP
    record = EventRecord(partition=2, offset=9, at=utc_now())
    PostgresAssembledOrders(engine).mark_assembled({order.order_uuid: BuiltShip(5, record)})

    seen = timelines(engine).timeline(order.order_uuid)
    assert seen.waits_for is None
    assert [str(step.name) for step in seen.steps()] == [
        *("created", "claimed", "charged", "paid", "published"),
        *("ship_due", "ship_built", "assembled"),
    ]
    assert seen.claimed_at == claim.paying_since
    assert seen.event is not None
    assert (seen.event.partition, seen.event.offset) == (3, 17)
    assert seen.ship == record


def test_an_unknown_order_is_not_found(engine: Engine) -> None:
    with pytest.raises(OrderNotFound):
        timelines(engine).timeline(uuid4())


def publish(engine: Engine, event_uuid: UUID) -> None:
    publication = Publication(
        acknowledged=(event_uuid,), stored_at={event_uuid: StoredAt(partition=3, offset=17)}
    )
    PostgresOutbox(engine).publish_waiting(Lane.RECENT, lambda _: publication, limit=5)
