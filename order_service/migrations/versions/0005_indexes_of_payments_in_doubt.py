"""Payments in doubt have an index of their own: no look for another claim goes through them."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("DROP INDEX orders_being_paid")
    op.execute(
        "CREATE INDEX orders_being_paid ON orders (paying_since)"
        " WHERE claim_id IS NOT NULL AND doubt IS NULL"
    )
    op.execute("CREATE INDEX orders_in_doubt ON orders (paying_since) WHERE doubt IS NOT NULL")


def downgrade() -> None:
    op.execute("DROP INDEX orders_in_doubt")
    op.execute("DROP INDEX orders_being_paid")
    op.execute("CREATE INDEX orders_being_paid ON orders (paying_since) WHERE claim_id IS NOT NULL")
