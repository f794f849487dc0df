"""Orders in PostgreSQL."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, CursorResult, Engine, select, tuple_

from libs.contracts.events.declared import ORDER_PAID, DeclaredEvent
from libs.lifecycle.crashing import crash_point
from libs.postgres.transactions import run_autocommit, run_transaction
from libs.resilience.coalescing import Coalescing
from order_service.converter.events import order_paid_to_proto
from order_service.model.claim import Claim
from order_service.model.errors import OrderNotFound, PaymentInFlight, PaymentNotInDoubt
from order_service.model.events import Announcement, OrderPaid
from order_service.model.idempotency import KeptAnswer, RequestInFlight
from order_service.model.order import Order
from order_service.model.payment_method import PaymentMethod
from order_service.repository.idempotency import keep_answer
from order_service.repository.metrics.moves import Moves
from order_service.repository.rows import (
    announcement_to_row,
    claim_from_row,
    order_from_row,
    order_to_row,
)
from order_service.repository.shared_statements import (
    CLAIM_EACH,
    MARK_EACH_PAID,
    claims_in_columns,
    payments_in_columns,
)
from order_service.repository.statements import (
    CANCEL,
    CLAIM,
    GET_ORDER,
    IN_DOUBT,
    INSERT_ORDER,
    LEAVE_IN_DOUBT,
    MARK_PAID,
    RELEASE,
    TAKE_OVER,
    TAKE_OVER_DOUBT,
    TAKE_OVER_OLDEST,
)
from order_service.repository.tables import orders
from order_service.service.orders.ports import OrderFilter, OrderRepository, PagePosition

CurrentTrace = Callable[[], str | None]
"""Returns the current W3C traceparent, or None."""

TopicOf = Callable[[DeclaredEvent], str]


Values = Mapping[str, Any]
"""Parameters of a statement for one order."""


class _Payment(NamedTuple):
    claim: Claim
    values: Values


class PostgresOrders(OrderRepository):
    """New orders, claims and payments that wait at the same moment share a statement."""

    def __init__(
        self,
        engine: Engine,
        *,
        topic_of: TopicOf,
        current_trace: CurrentTrace,
        coalescing: type[Coalescing[Any, Any]] = Coalescing,
    ) -> None:
        self._engine = engine
        self._topic_of = topic_of
        self._current_trace = current_trace
        self._moves = Moves()
        self._insert = coalescing(lambda row: self._insert_each([row])[0], self._insert_each)
        self._claim: Coalescing[Values, Claim] = coalescing(self._claim_alone, self._claim_each)
        self._mark_paid = coalescing(self._mark_paid_alone, self._mark_each_paid)

    def add(self, order: Order, *, keep: KeptAnswer | None = None) -> None:
        row = order_to_row(order)
        if keep is None:
            self._insert(row)
        else:
            self._insert_with_answer(row, keep)
        self._moves.created()

    def get(self, order_uuid: UUID) -> Order:
        return run_autocommit(self._engine, lambda tx: _get(tx, order_uuid))

    def newest(
        self, wanted: OrderFilter, *, limit: int, after: PagePosition | None = None
    ) -> Sequence[Order]:
        query = select(orders).order_by(orders.c.created_at.desc(), orders.c.order_uuid.desc())
        if wanted.status is not None:
            query = query.where(orders.c.status == wanted.status.value)
        if wanted.user_uuid is not None:
            query = query.where(orders.c.user_uuid == wanted.user_uuid)
        if after is not None:
            position = tuple_(orders.c.created_at, orders.c.order_uuid)
            query = query.where(position < (after.created_at, after.order_uuid))

        def read(tx: Connection) -> Sequence[Order]:
            return [order_from_row(row) for row in tx.execute(query.limit(limit)).mappings()]

        return run_autocommit(self._engine, read)

    def claim_for_payment(
        self, order_uuid: UUID, method: PaymentMethod, *, claim_id: UUID
    ) -> Claim:
        return self._claim({"wanted": order_uuid, "method": method.value, "mine": claim_id})

    def take_over_stale_claim(self, claim_id: UUID) -> Claim | None:
        def take_over(tx: Connection) -> Claim | None:
            row = tx.execute(TAKE_OVER_OLDEST, {"mine": claim_id}).mappings().one_or_none()
            return None if row is None else claim_from_row(row)

        return run_autocommit(self._engine, take_over)

    def leave_in_doubt(self, claim: Claim, reason: str) -> bool:
        values = {"wanted": claim.order_uuid, "mine": claim.claim_id, "reason": reason}
        return run_autocommit(self._engine, lambda tx: _moved(tx.execute(LEAVE_IN_DOUBT, values)))

    def in_doubt(self, *, limit: int) -> Sequence[Claim]:
        def read(tx: Connection) -> Sequence[Claim]:
            return [
                claim_from_row(row) for row in tx.execute(IN_DOUBT, {"limit": limit}).mappings()
            ]

        return run_autocommit(self._engine, read)

    def take_over_doubt(self, order_uuid: UUID, claim_id: UUID) -> Claim:
        values = {"wanted": order_uuid, "mine": claim_id}

        def take_over(tx: Connection) -> Claim:
            if row := tx.execute(TAKE_OVER_DOUBT, values).mappings().one_or_none():
                return claim_from_row(row)
            _get(tx, order_uuid)
            raise PaymentNotInDoubt(order_uuid)

        return run_autocommit(self._engine, take_over)

    def release_claim(self, claim: Claim) -> None:
        values = {"wanted": claim.order_uuid, "mine": claim.claim_id}
        run_autocommit(self._engine, lambda tx: tx.execute(RELEASE, values))

    def mark_paid(self, claim: Claim, transaction_uuid: UUID, *, announce: OrderPaid) -> None:
        values = {
            "wanted": claim.order_uuid,
            "mine": claim.claim_id,
            "method": claim.method.value,
            "transaction": transaction_uuid,
            "at": announce.occurred_at,
        }
        queued = self._queued(ORDER_PAID, announce, order_paid_to_proto(announce))
        self._mark_paid(_Payment(claim, {**values, **queued}))

    def cancel(self, order_uuid: UUID) -> None:
        def move(tx: Connection) -> bool:
            if _moved(tx.execute(CANCEL, {"wanted": order_uuid})):
                return True
            order = _get(tx, order_uuid)
            if order.cancelled() is not order:
                raise PaymentInFlight(order_uuid)
            return False

        if run_autocommit(self._engine, move):
            self._moves.cancelled()

    def _insert_with_answer(self, row: Values, keep: KeptAnswer) -> None:
        def insert(tx: Connection) -> None:
            if not keep_answer(tx, *keep):
                raise RequestInFlight
            tx.execute(INSERT_ORDER, row)

        run_transaction(self._engine, insert)

    def _insert_each(self, rows: Sequence[Values]) -> Sequence[bool]:
        run_autocommit(self._engine, lambda tx: tx.execute(INSERT_ORDER, rows))
        return [True for _ in rows]

    def _claim_alone(self, values: Values) -> Claim:
        def claim(tx: Connection) -> Claim:
            if row := tx.execute(CLAIM, values).mappings().one_or_none():
                return claim_from_row(row, may_be_charged=False)
            if row := tx.execute(TAKE_OVER, values).mappings().one_or_none():
                return claim_from_row(row)
            _get(tx, values["wanted"]).ensure_payable()
            raise PaymentInFlight(values["wanted"])

        return run_autocommit(self._engine, claim)

    def _claim_each(self, asked: Sequence[Values]) -> Sequence[Claim | None]:
        columns = claims_in_columns(asked)

        def claim(tx: Connection) -> dict[UUID, Claim]:
            rows = tx.execute(CLAIM_EACH, columns).mappings()
            return {row["claim_id"]: claim_from_row(row, may_be_charged=False) for row in rows}

        claims = run_autocommit(self._engine, claim)
        crash_point("after_shared_claims")
        return [claims.get(each["mine"]) for each in asked]

    def _mark_paid_alone(self, payment: _Payment) -> bool:
        claim, values = payment

        def move(tx: Connection) -> Sequence[Decimal]:
            if prices := tx.execute(MARK_PAID, values).scalars().all():
                return prices
            order = _get(tx, claim.order_uuid)
            if order.paid(claim, values["transaction"], at=values["at"]) is not order:
                raise PaymentInFlight(claim.order_uuid)
            return ()

        self._moves.paid(run_autocommit(self._engine, move))
        return True

    def _mark_each_paid(self, payments: Sequence[_Payment]) -> Sequence[bool | None]:
        columns = payments_in_columns([each.values for each in payments])

        def move(tx: Connection) -> dict[UUID, Decimal]:
            return {row.mine: row.total_price for row in tx.execute(MARK_EACH_PAID, columns)}

        paid = run_autocommit(self._engine, move)
        self._moves.paid(list(paid.values()))
        crash_point("after_shared_payments")
        return [each.claim.claim_id in paid or None for each in payments]

    def _queued(
        self, declared: DeclaredEvent, event: Announcement, payload: bytes
    ) -> dict[str, Any]:
        topic, trace = self._topic_of(declared), self._current_trace()
        return announcement_to_row(event, payload, declared=declared, topic=topic, trace=trace)


def _get(tx: Connection, order_uuid: UUID) -> Order:
    row = tx.execute(GET_ORDER, {"wanted": order_uuid}).mappings().one_or_none()
    if row is None:
        raise OrderNotFound(order_uuid)
    return order_from_row(row)


def _moved(result: CursorResult[Any]) -> bool:
    return result.rowcount == 1
