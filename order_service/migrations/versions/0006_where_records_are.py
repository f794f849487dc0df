"""When an order was claimed, and where the records of its events are."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE orders
            ADD COLUMN claimed_at timestamptz,
            ADD COLUMN assembled_partition integer,
            ADD COLUMN assembled_offset bigint,
            ADD COLUMN assembled_recorded_at timestamptz;
        ALTER TABLE outbox
            ADD COLUMN partition integer,
            ADD COLUMN record_offset bigint
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE outbox DROP COLUMN partition, DROP COLUMN record_offset;
        ALTER TABLE orders
            DROP COLUMN claimed_at,
            DROP COLUMN assembled_partition,
            DROP COLUMN assembled_offset,
            DROP COLUMN assembled_recorded_at
    """)
