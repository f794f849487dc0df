"""Orders and the outbox."""

from alembic import op

revision = "0001"
down_revision = None

ORDERS = """
CREATE TABLE orders (
    order_uuid uuid PRIMARY KEY,
    user_uuid uuid NOT NULL,
    part_uuids uuid[] NOT NULL,
    total_price numeric(12, 2) NOT NULL,
    status text NOT NULL,
    claim_id uuid,
    paying_since timestamptz,
    claimed_method text,
    payment_method text,
    transaction_uuid uuid,
    created_at timestamptz NOT NULL,
    paid_at timestamptz,
    assembled_at timestamptz,
    build_time_s integer,
    updated_at timestamptz NOT NULL,
    CONSTRAINT orders_status
        CHECK (status IN ('PENDING_PAYMENT', 'PAID', 'ASSEMBLED', 'CANCELLED')),
    CONSTRAINT orders_total_price CHECK (total_price >= 0),
    CONSTRAINT orders_part_uuids CHECK (cardinality(part_uuids) BETWEEN 1 AND 100),
    CONSTRAINT orders_methods CHECK (
        claimed_method IN ('CARD', 'SBP', 'CREDIT_CARD', 'INVESTOR_MONEY')
        AND payment_method IN ('CARD', 'SBP', 'CREDIT_CARD', 'INVESTOR_MONEY')
    ),
    CONSTRAINT orders_claim CHECK (
        num_nonnulls(claim_id, paying_since, claimed_method) IN (0, 3)
        AND (claim_id IS NULL OR status = 'PENDING_PAYMENT')
    ),
    CONSTRAINT orders_paid CHECK (
        num_nonnulls(payment_method, transaction_uuid, paid_at)
        = CASE WHEN status IN ('PAID', 'ASSEMBLED') THEN 3 ELSE 0 END
    ),
    CONSTRAINT orders_assembled CHECK (
        num_nonnulls(assembled_at, build_time_s)
        = CASE WHEN status = 'ASSEMBLED' THEN 2 ELSE 0 END
    )
);
CREATE INDEX orders_newest ON orders (created_at, order_uuid);
CREATE INDEX orders_newest_by_status ON orders (status, created_at, order_uuid);
CREATE INDEX orders_newest_by_user ON orders (user_uuid, created_at, order_uuid);
CREATE INDEX orders_being_paid ON orders (paying_since) WHERE claim_id IS NOT NULL;
"""

OUTBOX = """
CREATE TABLE outbox (
    event_uuid uuid PRIMARY KEY,
    order_uuid uuid NOT NULL REFERENCES orders (order_uuid),
    topic text NOT NULL,
    key text NOT NULL,
    payload bytea NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}',
    occurred_at timestamptz NOT NULL,
    published_at timestamptz,
    redrives integer NOT NULL DEFAULT 0,
    last_error text
);
CREATE INDEX outbox_unpublished ON outbox (occurred_at) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
CREATE INDEX outbox_order ON outbox (order_uuid);
"""


def upgrade() -> None:
    op.execute(ORDERS)
    op.execute(OUTBOX)


def downgrade() -> None:
    op.execute("DROP TABLE outbox; DROP TABLE orders")
