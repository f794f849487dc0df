"""In-memory ports of the REST use cases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from threading import Lock
from uuid import NAMESPACE_OID, UUID, uuid5

from libs.clock import Clock
from libs.contracts.events.declared import ORDER_PAID, SHIP_ASSEMBLED, DeclaredEvent
from libs.errors import AppError
from order_service.model.claim import Claim
from order_service.model.delivery import Delivery
from order_service.model.errors import OrderNotAssemblable, OrderNotFound
from order_service.model.events import Announcement, BuiltShip, OrderPaid
from order_service.model.idempotency import KeptAnswer, RequestInFlight
from order_service.model.order import Assembled, Order
from order_service.model.part import Part, PartsWanted
from order_service.model.payment_method import PaymentMethod
from order_service.model.timeline import QueuedEvent, Timeline
from order_service.service.background.ports import AssembledOrders
from order_service.service.orders.ports import (
    Deliveries,
    Inventory,
    OrderFilter,
    OrderRepository,
    PagePosition,
    PaymentGateway,
    Timelines,
)
from tests.unit.order_service.api.resources.fake_keys import FakeIdempotencyKeys
from tests.unit.order_service.builders import ORDER


class FakeOrders(OrderRepository, AssembledOrders, Timelines):
    """Orders in memory, moved by the model."""

    def __init__(self, *orders: Order, clock: Clock) -> None:
        self._orders = {order.order_uuid: order for order in orders}
        self._clock = clock
        self._lock = Lock()
        self.keys = FakeIdempotencyKeys(clock=clock)
        """Stores answers together with the orders."""
        self.locked: set[UUID] = set()
        """Locked orders, for mark_assembled."""
        self.outbox: list[Announcement] = []
        self.failing_at: dict[str, AppError] = {}
        """Method name to the error that it raises before it does anything."""

    @property
    def only(self) -> Order:
        return self._orders[ORDER]

    def add(self, order: Order, *, keep: KeptAnswer | None = None) -> None:
        with self._transaction("add"):
            if keep and not self.keys.keep_answer(*keep):
                raise RequestInFlight
            self._orders.setdefault(order.order_uuid, order)

    def get(self, order_uuid: UUID) -> Order:
        with self._transaction("get"):
            return self._get(order_uuid)

    def newest(
        self, wanted: OrderFilter, *, limit: int, after: PagePosition | None = None
    ) -> Sequence[Order]:
        with self._transaction("newest"):
            newest_first = sorted(self._orders.values(), key=_position, reverse=True)
        return [
            order
            for order in newest_first
            if wanted.status in (None, order.status)
            and wanted.user_uuid in (None, order.user_uuid)
            and (after is None or _position(order) < (after.created_at, after.order_uuid))
        ][:limit]

    def claim_for_payment(
        self, order_uuid: UUID, method: PaymentMethod, *, claim_id: UUID
    ) -> Claim:
        with self._transaction("claim_for_payment"):
            order = self._get(order_uuid)
            return self._hold(order.claimed(claim_id, method, at=self._clock()))

    def take_over_stale_claim(self, claim_id: UUID) -> Claim | None:
        with self._transaction("take_over_stale_claim"):
            claims = [order.claim for order in self._orders.values() if order.claim]
            claims.sort(key=lambda claim: (claim.claim_id != claim_id, claim.paying_since))
            for order in [self._get(claim.order_uuid) for claim in claims]:
                taken = order.taken_over(claim_id, at=self._clock())
                if taken is not order:
                    return self._hold(taken)
            return None

    def leave_in_doubt(self, claim: Claim, reason: str) -> bool:
        with self._transaction("leave_in_doubt"):
            return self._put(self._get(claim.order_uuid).left_in_doubt(claim, reason))

    def in_doubt(self, *, limit: int) -> Sequence[Claim]:
        with self._transaction("in_doubt"):
            claims = [order.claim for order in self._orders.values() if order.claim]
        doubted = [claim for claim in claims if claim.doubt is not None]
        return sorted(doubted, key=lambda claim: claim.paying_since)[:limit]

    def take_over_doubt(self, order_uuid: UUID, claim_id: UUID) -> Claim:
        with self._transaction("take_over_doubt"):
            return self._hold(self._get(order_uuid).doubt_taken_over(claim_id, at=self._clock()))

    def release_claim(self, claim: Claim) -> None:
        with self._transaction("release_claim"):
            self._put(self._get(claim.order_uuid).released(claim))

    def mark_paid(self, claim: Claim, transaction_uuid: UUID, *, announce: OrderPaid) -> None:
        with self._transaction("mark_paid"):
            order = self._get(claim.order_uuid)
            if self._put(order.paid(claim, transaction_uuid, at=announce.occurred_at)):
                self.outbox.append(announce)

    @property
    def announced(self) -> list[OrderPaid]:
        return [each for each in self.outbox if isinstance(each, OrderPaid)]

    def count_events(self, event: DeclaredEvent) -> int:
        return sum(type(each).__name__ == event.message for each in self.outbox)

    def cancel(self, order_uuid: UUID) -> None:
        with self._transaction("cancel"):
            self._put(self._get(order_uuid).cancelled())

    def mark_assembled(self, ships: Mapping[UUID, BuiltShip]) -> Assembled:
        with self._transaction("mark_assembled"):
            moved, not_paid = 0, []
            free = [each for each in ships if each in self._orders.keys() - self.locked]
            for order_uuid in free:
                order, ship = self._get(order_uuid), ships[order_uuid]
                try:
                    moved += self._put(order.assembled(ship.build_time_s, at=self._clock()))
                except OrderNotAssemblable:
                    not_paid.append(order_uuid)
            return Assembled(
                moved=moved,
                repeated=len(free) - moved - len(not_paid),
                not_paid=tuple(not_paid),
                unknown=tuple(each for each in ships if each not in self._orders),
                locked=tuple(each for each in ships if each in self.locked),
            )

    def timeline(self, order_uuid: UUID) -> Timeline:
        with self._transaction("timeline"):
            order = self._get(order_uuid)
        events = [each for each in self.announced if each.order_uuid == order_uuid]
        return Timeline(
            order=order,
            updated_at=order.assembled_at or order.paid_at or order.created_at,
            assembled_topic=SHIP_ASSEMBLED.topic,
            event=_queued(events[0]) if events else None,
        )

    @contextmanager
    def _transaction(self, method: str) -> Iterator[None]:
        if error := self.failing_at.get(method):
            raise error
        with self._lock:
            yield

    def _get(self, order_uuid: UUID) -> Order:
        if order_uuid not in self._orders:
            raise OrderNotFound(order_uuid)
        return self._orders[order_uuid]

    def _hold(self, order: Order) -> Claim:
        self._put(order)
        assert order.claim
        return order.claim

    def _put(self, order: Order) -> bool:
        """Store the order; return whether it moved. An unchanged order is the same object."""
        before, self._orders[order.order_uuid] = self._get(order.order_uuid), order
        return order is not before


def _queued(event: OrderPaid) -> QueuedEvent:
    return QueuedEvent(
        event_uuid=event.event_uuid, topic=ORDER_PAID.topic, occurred_at=event.occurred_at
    )


def _position(order: Order) -> tuple[datetime, UUID]:
    return order.created_at, order.order_uuid


def a_part(part_uuid: UUID, price: Decimal) -> Part:
    return Part(
        part_uuid=part_uuid,
        name=f"part {part_uuid}",
        description="a part",
        price=price,
        stock_quantity=5,
        category="ENGINE",
        manufacturer_country="Finland",
        tags=("large",),
    )


class FakeInventory(Inventory):
    def __init__(self, prices: Mapping[UUID, Decimal]) -> None:
        self._prices = prices
        self.failure: AppError | None = None

    def prices(self, part_uuids: Sequence[UUID]) -> Mapping[UUID, Decimal]:
        if self.failure:
            raise self.failure
        return {part: self._prices[part] for part in part_uuids if part in self._prices}

    def parts(self, wanted: PartsWanted) -> Sequence[Part]:
        if self.failure:
            raise self.failure
        parts = [a_part(part, price) for part, price in self._prices.items()]
        return [part for part in parts if not wanted.names or part.name in wanted.names]


class EveryPart(Inventory):
    """Has every part, each for 1."""

    def prices(self, part_uuids: Sequence[UUID]) -> Mapping[UUID, Decimal]:
        return dict.fromkeys(part_uuids, Decimal("1.00"))

    def parts(self, wanted: PartsWanted) -> Sequence[Part]:
        return []


class FakeDeliveries(Deliveries):
    def __init__(self, *deliveries: Delivery) -> None:
        self._deliveries = deliveries
        self.failure: AppError | None = None

    def of_orders(self, order_uuids: Sequence[UUID]) -> Sequence[Delivery]:
        if self.failure:
            raise self.failure
        return [each for each in self._deliveries if each.order_uuid in order_uuids]


class FakePayments(PaymentGateway):
    """Charges once per order and records every call; fails before or after charging."""

    def __init__(self) -> None:
        self.calls: list[Claim] = []
        self.charged: dict[UUID, PaymentMethod] = {}
        self.failure: AppError | None = None
        self.failing_for: dict[UUID, AppError] = {}
        self.failure_after_charging: AppError | None = None
        self.let_pass: Callable[[], None] = lambda: None
        """Advances the clock during a call."""

    def pay(self, claim: Claim) -> UUID:
        self.calls.append(claim)
        self.let_pass()
        if failure := self.failing_for.get(claim.order_uuid, self.failure):
            raise failure
        self.charged.setdefault(claim.order_uuid, claim.method)
        if self.failure_after_charging:
            raise self.failure_after_charging
        return transaction_of(claim.order_uuid)


def transaction_of(order_uuid: UUID) -> UUID:
    return uuid5(NAMESPACE_OID, str(order_uuid))
