"""The tables of the order service."""

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    and_,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from libs.contracts.events.declared import ORDER_PAID

metadata = MetaData()

METHODS = "'CARD', 'SBP', 'CREDIT_CARD', 'INVESTOR_MONEY'"

orders = Table(
    "orders",
    metadata,
    Column("order_uuid", Uuid, primary_key=True),
    Column("user_uuid", Uuid, nullable=False),
    Column("part_uuids", ARRAY(Uuid), nullable=False),
    Column("total_price", Numeric(12, 2), nullable=False),
    Column("status", Text, nullable=False),
    Column("claim_id", Uuid),
    Column("paying_since", DateTime(timezone=True)),
    Column("claimed_method", Text),
    Column("doubt", Text),
    Column("payment_method", Text),
    Column("transaction_uuid", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("paid_at", DateTime(timezone=True)),
    Column("assembled_at", DateTime(timezone=True)),
    Column("build_time_s", Integer),
    Column("claimed_at", DateTime(timezone=True)),
    Column("assembled_partition", Integer),
    Column("assembled_offset", BigInteger),
    Column("assembled_recorded_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "status IN ('PENDING_PAYMENT', 'PAID', 'ASSEMBLED', 'CANCELLED')", name="orders_status"
    ),
    CheckConstraint("total_price >= 0", name="orders_total_price"),
    CheckConstraint("cardinality(part_uuids) BETWEEN 1 AND 100", name="orders_part_uuids"),
    CheckConstraint(
        f"claimed_method IN ({METHODS}) AND payment_method IN ({METHODS})",
        name="orders_methods",
    ),
    CheckConstraint(
        "num_nonnulls(claim_id, paying_since, claimed_method) IN (0, 3)"
        " AND (claim_id IS NULL OR status = 'PENDING_PAYMENT')",
        name="orders_claim",
    ),
    CheckConstraint(
        "num_nonnulls(payment_method, transaction_uuid, paid_at)"
        " = CASE WHEN status IN ('PAID', 'ASSEMBLED') THEN 3 ELSE 0 END",
        name="orders_paid",
    ),
    CheckConstraint(
        "num_nonnulls(assembled_at, build_time_s)"
        " = CASE WHEN status = 'ASSEMBLED' THEN 2 ELSE 0 END",
        name="orders_assembled",
    ),
)

Index("orders_newest", orders.c.created_at, orders.c.order_uuid)
Index("orders_newest_by_status", orders.c.status, orders.c.created_at, orders.c.order_uuid)
Index("orders_newest_by_user", orders.c.user_uuid, orders.c.created_at, orders.c.order_uuid)
Index(
    "orders_unassembled",
    orders.c.paid_at,
    orders.c.order_uuid,
    postgresql_where=orders.c.status == "PAID",
)
Index("orders_by_claim", orders.c.claim_id, postgresql_where=orders.c.claim_id.is_not(None))
Index(
    "orders_being_paid",
    orders.c.paying_since,
    postgresql_where=and_(orders.c.claim_id.is_not(None), orders.c.doubt.is_(None)),
)
Index("orders_in_doubt", orders.c.paying_since, postgresql_where=orders.c.doubt.is_not(None))

outbox = Table(
    "outbox",
    metadata,
    Column("event_uuid", Uuid, primary_key=True),
    Column("order_uuid", Uuid, ForeignKey("orders.order_uuid"), nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("redrives", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Text),
    Column("refused_at", DateTime(timezone=True)),
    Column("partition", Integer),
    Column("record_offset", BigInteger),
)

IS_ORDER_PAID = f"outbox.headers ->> 'event-type' = '{ORDER_PAID.type_name}'"
"""Condition of an OrderPaid row in the outbox, which also holds other events."""

UNPUBLISHED = outbox.c.published_at.is_(None)

Index(
    "outbox_waiting",
    outbox.c.occurred_at,
    postgresql_where=and_(UNPUBLISHED, outbox.c.refused_at.is_(None)),
)
Index(
    "outbox_refused",
    outbox.c.refused_at,
    postgresql_where=and_(UNPUBLISHED, outbox.c.refused_at.is_not(None)),
)
Index(
    "outbox_published", outbox.c.published_at, postgresql_where=outbox.c.published_at.is_not(None)
)
Index("outbox_order", outbox.c.order_uuid)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_digest", LargeBinary, nullable=False),
    Column("attempt_id", Uuid),
    Column("attempted_at", DateTime(timezone=True), nullable=False),
    Column("status", SmallInteger),
    Column("body", JSON),
    Column("location", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "num_nonnulls(status, body) IN (0, 2)"
        " AND (location IS NULL OR status IS NOT NULL)"
        " AND (attempt_id IS NOT NULL OR status IS NULL)",
        name="idempotency_keys_answer",
    ),
)

Index("idempotency_keys_oldest", idempotency_keys.c.created_at)
