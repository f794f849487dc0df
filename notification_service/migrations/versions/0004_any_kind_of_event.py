"""A new kind of event needs no migration: a worker leaves alone the kinds that it does not know."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind")


def downgrade() -> None:
    op.execute("""
        ALTER TABLE deliveries
            ADD CONSTRAINT deliveries_kind CHECK (kind IN ('paid', 'assembled')) NOT VALID
    """)
