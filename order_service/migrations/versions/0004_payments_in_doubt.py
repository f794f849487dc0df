"""Payments in doubt: it is unknown whether they were charged."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN doubt text")


def downgrade() -> None:
    op.execute("ALTER TABLE orders DROP COLUMN doubt")
