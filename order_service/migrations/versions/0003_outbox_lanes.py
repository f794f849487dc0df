"""Lanes of the outbox, and indexes of unfinished rows only."""

from alembic import op

revision = "0003"
down_revision = "0002"

LANES = """
ALTER TABLE outbox ADD COLUMN refused_at timestamptz;
DROP INDEX outbox_unpublished;
CREATE INDEX outbox_waiting ON outbox (occurred_at)
    WHERE published_at IS NULL AND refused_at IS NULL;
CREATE INDEX outbox_refused ON outbox (refused_at)
    WHERE published_at IS NULL AND refused_at IS NOT NULL;
CREATE INDEX orders_unassembled ON orders (paid_at, order_uuid) WHERE status = 'PAID';
CREATE INDEX orders_by_claim ON orders (claim_id) WHERE claim_id IS NOT NULL;
"""

ONE_QUEUE = """
DROP INDEX orders_by_claim;
DROP INDEX orders_unassembled;
DROP INDEX outbox_refused;
DROP INDEX outbox_waiting;
CREATE INDEX outbox_unpublished ON outbox (occurred_at) WHERE published_at IS NULL;
ALTER TABLE outbox DROP COLUMN refused_at;
"""


def upgrade() -> None:
    op.execute(LANES)


def downgrade() -> None:
    op.execute(ONE_QUEUE)
