"""Dead deliveries have an index of their own: an operator's look goes through no sent one."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("CREATE INDEX deliveries_dead ON deliveries (created_at) WHERE state = 'DEAD'")


def downgrade() -> None:
    op.execute("DROP INDEX deliveries_dead")
