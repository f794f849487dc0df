"""What the synchronous half of the order service needs from outside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from order_service.model.claim import Claim
from order_service.model.events import OrderPaid
from order_service.model.idempotency import KeptAnswer
from order_service.model.order import Order, OrderStatus
from order_service.model.payment_method import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePosition:
    """The last order of a page: the next page holds what is older."""

    created_at: datetime
    order_uuid: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """None lets everything through."""

    status: OrderStatus | None = None
    user_uuid: UUID | None = None


class OrderRepository(Protocol):
    """Every method is one transaction. All raise DatabaseUnavailable (a kind of Unavailable)."""

    def add(self, order: Order, *, keep: KeptAnswer | None = None) -> None:
        """Insert the order together with the answer that is kept for a repeat of its request.

        The same order again changes nothing. Raises RequestInFlight, and inserts nothing, when
        the attempt was taken over.
        """
        ...

    def get(self, order_uuid: UUID) -> Order:
        """Return the order as it is now. Raises OrderNotFound."""
        ...

    def newest(
        self, wanted: OrderFilter, *, limit: int, after: PagePosition | None = None
    ) -> Sequence[Order]:
        """Return at most limit orders, newest first, beginning behind the position."""
        ...

    def claim_for_payment(
        self, order_uuid: UUID, method: PaymentMethod, *, claim_id: UUID
    ) -> Claim:
        """Claim an unclaimed order, or take over a claim of the same method older than 10 s.

        The same claim_id again meets its own claim and succeeds. Raises OrderNotFound,
        OrderNotPayable, PaymentInFlight.
        """
        ...

    def take_over_stale_claim(self, claim_id: UUID) -> Claim | None:
        """Take over the oldest claim that is older than 10 s; None if there is none.

        A claim in doubt is left to its operator, one that somebody else is taking over at this
        moment is left alone.
        """
        ...

    def leave_in_doubt(self, claim: Claim, reason: str) -> bool:
        """Keep the claim for an operator: it is no longer the oldest stale one.

        Returns whether it was. A claim that is no longer held is left alone.
        """
        ...

    def in_doubt(self, *, limit: int) -> Sequence[Claim]:
        """Return the claims that wait for an operator, the oldest first."""
        ...

    def take_over_doubt(self, order_uuid: UUID, claim_id: UUID) -> Claim:
        """Take over a claim in doubt that nobody has tried for 10 s, to settle it.

        The same claim_id again meets its own. Raises OrderNotFound, PaymentNotInDoubt.
        """
        ...

    def release_claim(self, claim: Claim) -> None:
        """Give the claim up. A claim that is no longer held is left alone."""
        ...

    def mark_paid(self, claim: Claim, transaction_uuid: UUID, *, announce: OrderPaid) -> None:
        """Move the order to PAID and queue its event, in one transaction.

        An order that this transaction has paid already is a success, and nothing is queued twice.
        Raises OrderNotFound, OrderNotPayable, PaymentInFlight when another claim holds the order.
        """
        ...

    def cancel(self, order_uuid: UUID) -> None:
        """Cancel an unclaimed, unpaid order; a repeat changes nothing.

        Raises OrderNotFound, OrderNotCancellable, PaymentInFlight.
        """
        ...


class Inventory(Protocol):
    def prices(self, part_uuids: Sequence[UUID]) -> Mapping[UUID, Decimal]:
        """Return the price of each part that exists; unknown parts are left out.

        Raises InventoryUnavailable, InventoryTimedOut.
        """
        ...


class PaymentGateway(Protocol):
    def pay(self, claim: Claim) -> UUID:
        """Charge once per order; every repeat returns the same transaction.

        Raises a kind of NotCharged when this call has charged nothing, PaymentInDoubt when it was
        refused after an attempt of its own that may have charged, PaymentUnavailable or
        PaymentTimedOut when nothing is known.
        """
        ...


InParallel = Callable[[Callable[[], int]], Iterable[int]]
"""Does the same work in several threads at once and yields what each returned."""

NewId = Callable[[], UUID]
