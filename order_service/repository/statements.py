"""SQL of the moves of an order. Each changes a row only in the states that the model allows."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Update,
    Uuid,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.dml import ReturningInsert

from libs.postgres.set_back import SET_BACK_S
from order_service.model.claim import CLAIM_AGE_S
from order_service.model.order import ASSEMBLING, CANCELLING, PAYING, Move
from order_service.repository.tables import orders, outbox

now = func.now()

THE_ORDER = orders.c.order_uuid == bindparam("wanted")

ORDERS = bindparam("orders", type_=ARRAY(Uuid))

OLD = orders.c.paying_since < now - literal_column(f"interval '{CLAIM_AGE_S} seconds'")

SET_BACK = orders.c.paying_since > now + literal_column(f"interval '{SET_BACK_S} seconds'")

MINE = orders.c.claim_id == bindparam("mine")

FREE = orders.c.claim_id.is_(None)

CLAIM_COLUMNS = (
    orders.c.claim_id,
    orders.c.order_uuid,
    orders.c.user_uuid,
    orders.c.claimed_method,
    orders.c.paying_since,
    orders.c.doubt,
)

QUEUED = ("event_uuid", "topic", "key", "payload", "headers")
"""Columns of an event in the outbox that its announcement gives."""

NO_CLAIM = {"claim_id": None, "paying_since": None, "claimed_method": None, "doubt": None}


def _allows(move: Move) -> ColumnElement[bool]:
    return orders.c.status == move.begins.value


def _claiming(*conditions: ColumnElement[bool]) -> Update:
    return (
        update(orders)
        .where(_allows(PAYING), *conditions)
        .values(claim_id=bindparam("mine"), paying_since=now, updated_at=now)
        .returning(*CLAIM_COLUMNS)
    )


INSERT_ORDER = upsert(orders).on_conflict_do_nothing(index_elements=[orders.c.order_uuid])

GET_ORDER = select(orders).where(THE_ORDER)

CLAIM = _claiming(THE_ORDER, FREE).values(claimed_method=bindparam("method"), doubt=None)

TAKE_OVER = _claiming(
    THE_ORDER,
    or_(MINE, and_(or_(OLD, SET_BACK), orders.c.claimed_method == bindparam("method"))),
)


def _oldest_claimed(condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    return (
        select(orders.c.order_uuid)
        .where(orders.c.claim_id.is_not(None), orders.c.doubt.is_(None), condition)
        .order_by(orders.c.paying_since)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


TAKE_OVER_OLDEST = _claiming(
    # Its own claim first: an earlier commit may have lost only its answer.
    orders.c.order_uuid
    == func.coalesce(_oldest_claimed(MINE), _oldest_claimed(OLD), _oldest_claimed(SET_BACK))
)

LEAVE_IN_DOUBT = (
    update(orders).where(THE_ORDER, MINE).values(doubt=bindparam("reason"), updated_at=now)
)

IN_DOUBT = (
    select(*CLAIM_COLUMNS)
    .where(orders.c.doubt.is_not(None))
    .order_by(orders.c.paying_since)
    .limit(bindparam("limit"))
)

TAKE_OVER_DOUBT = _claiming(THE_ORDER, orders.c.doubt.is_not(None), or_(MINE, OLD, SET_BACK))

RELEASE = update(orders).where(THE_ORDER, MINE).values(**NO_CLAIM, updated_at=now)


def _announcing(move: Update) -> ReturningInsert[Any]:
    """Queue an event in the outbox if the order moves, in the same statement.

    Returns the price of the order that moved. The database's time becomes the record's time,
    from which the build time counts.
    """
    moved = move.returning(orders.c.order_uuid, orders.c.total_price).cte("moved")
    columns = [outbox.c[name] for name in QUEUED]
    values = [bindparam(f"queued_{each.name}", type_=each.type) for each in columns]
    return (
        insert(outbox)
        .from_select(
            [*columns, outbox.c.order_uuid, outbox.c.occurred_at],
            select(*values, moved.c.order_uuid, now),
        )
        .returning(select(moved.c.total_price).scalar_subquery())
    )


MARK_PAID = _announcing(
    update(orders)
    .where(THE_ORDER, _allows(PAYING), or_(MINE, FREE))
    .values(
        **NO_CLAIM,
        claimed_at=orders.c.paying_since,
        status=PAYING.ends.value,
        payment_method=bindparam("method"),
        transaction_uuid=bindparam("transaction"),
        paid_at=bindparam("at"),
        updated_at=now,
    )
)

CANCEL = (
    update(orders)
    .where(THE_ORDER, _allows(CANCELLING), FREE)
    .values(status=CANCELLING.ends.value, updated_at=now)
)

MARK_ASSEMBLED = text(f"""
    WITH assembled AS (
        SELECT *
        FROM unnest(
            CAST(:orders AS uuid[]), CAST(:build_times_s AS integer[]),
            CAST(:partitions AS integer[]), CAST(:offsets AS bigint[]),
            CAST(:recorded_at AS timestamptz[])
        ) AS each (order_uuid, build_time_s, partition, record_offset, recorded_at)
    ), paid AS (
        SELECT order_uuid
        FROM orders JOIN assembled USING (order_uuid)
        WHERE status = '{ASSEMBLING.begins}'
        FOR NO KEY UPDATE OF orders SKIP LOCKED
    )
    UPDATE orders
    SET status = '{ASSEMBLING.ends}', assembled_at = now(), updated_at = now(),
        build_time_s = assembled.build_time_s, assembled_partition = assembled.partition,
        assembled_offset = assembled.record_offset, assembled_recorded_at = assembled.recorded_at
    FROM assembled JOIN paid USING (order_uuid)
    WHERE orders.order_uuid = assembled.order_uuid AND orders.status = '{ASSEMBLING.begins}'
    RETURNING orders.order_uuid, assembled_at - paid_at AS took, orders.build_time_s
""")  # noqa: S608  # constants of the model

STATUSES = text("""
    SELECT order_uuid, status FROM orders WHERE order_uuid = ANY(:orders)
""").bindparams(ORDERS)
