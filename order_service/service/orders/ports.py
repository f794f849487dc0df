"""Ports of the use cases behind REST calls."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from order_service.model.claim import Claim
from order_service.model.delivery import Delivery
from order_service.model.events import OrderPaid
from order_service.model.idempotency import KeptAnswer
from order_service.model.order import Order, OrderStatus
from order_service.model.part import Part, PartsWanted
from order_service.model.payment_method import PaymentMethod
from order_service.model.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePosition:
    """The last order of a page; the next page holds older orders."""

    created_at: datetime
    order_uuid: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Criteria of a list; None does not filter."""

    status: OrderStatus | None = None
    user_uuid: UUID | None = None


class OrderRepository(Protocol):
    """Every method is one transaction. All raise DatabaseUnavailable (a kind of Unavailable)."""

    def add(self, order: Order, *, keep: KeptAnswer | None = None) -> None:
        """Insert the order and the answer for repeats of its request.

        A repeat changes nothing. Raises RequestInFlight, and inserts nothing, when the attempt was
        taken over.
        """

    def get(self, order_uuid: UUID) -> Order:
        """Return the current order. Raises OrderNotFound."""

    def newest(
        self, wanted: OrderFilter, *, limit: int, after: PagePosition | None = None
    ) -> Sequence[Order]:
        """Return at most limit orders, newest first, after the position."""

    def claim_for_payment(
        self, order_uuid: UUID, method: PaymentMethod, *, claim_id: UUID
    ) -> Claim:
        """Claim an unclaimed order, or take over a claim of the same method older than 10 s.

        A repeat with the same claim_id succeeds. Raises OrderNotFound, OrderNotPayable,
        PaymentInFlight.
        """

    def take_over_stale_claim(self, claim_id: UUID) -> Claim | None:
        """Take over the oldest claim that is older than 10 s; None if there is none.

        Skips claims in doubt, and claims that another process is taking over at this moment.
        """

    def leave_in_doubt(self, claim: Claim, reason: str) -> bool:
        """Mark the claim as in doubt, for an operator: stale claims no longer include it.

        Returns whether it was marked. Does not change a claim that is no longer held.
        """

    def in_doubt(self, *, limit: int) -> Sequence[Claim]:
        """Return the claims in doubt, the oldest first."""

    def take_over_doubt(self, order_uuid: UUID, claim_id: UUID) -> Claim:
        """Take over a claim in doubt to settle it, if no payment was tried for 10 s.

        A repeat with the same claim_id succeeds. Raises OrderNotFound, PaymentNotInDoubt.
        """

    def release_claim(self, claim: Claim) -> None:
        """Remove the claim. Does not change a claim that is no longer held."""

    def mark_paid(self, claim: Claim, transaction_uuid: UUID, *, announce: OrderPaid) -> None:
        """Move the order to PAID and add its event to the outbox, in one transaction.

        A repeat with the same payment transaction succeeds and adds nothing. Raises OrderNotFound,
        OrderNotPayable, and PaymentInFlight when another claim holds the order.
        """

    def cancel(self, order_uuid: UUID) -> None:
        """Cancel an order that is neither claimed nor paid; a repeat changes nothing.

        Raises OrderNotFound, OrderNotCancellable, PaymentInFlight.
        """


class Timelines(Protocol):
    def timeline(self, order_uuid: UUID) -> Timeline:
        """Return what happened to the order. Raises OrderNotFound, DatabaseUnavailable."""


class Deliveries(Protocol):
    def of_orders(self, order_uuids: Sequence[UUID]) -> Sequence[Delivery]:
        """Return what chats were told of at most 100 orders, the oldest first.

        Raises DeliveriesUnavailable, after 0.5 s at the latest.
        """


class Inventory(Protocol):
    def prices(self, part_uuids: Sequence[UUID]) -> Mapping[UUID, Decimal]:
        """Return the price of each part that exists; omits unknown parts.

        Raises InventoryUnavailable, InventoryTimedOut.
        """

    def parts(self, wanted: PartsWanted) -> Sequence[Part]:
        """Return every part that matches, by name.

        Raises InventoryUnavailable, InventoryTimedOut.
        """


class PaymentGateway(Protocol):
    def pay(self, claim: Claim) -> UUID:
        """Charge once per order; a repeat returns the same transaction.

        Raises a kind of NotCharged when this call charged nothing; PaymentInDoubt when it was
        refused after an attempt of its own that may have charged; PaymentUnavailable or
        PaymentTimedOut when the outcome is unknown.
        """


InParallel = Callable[[Callable[[], int]], Iterable[int]]
"""Runs the same work in several threads and yields what each returned."""

NewId = Callable[[], UUID]
