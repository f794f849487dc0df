"""Chats that moved to another id, and deliveries that are put off."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE chats ADD COLUMN moved_to bigint;
        ALTER TABLE deliveries
            ADD COLUMN due_at timestamptz NOT NULL DEFAULT '-infinity',
            ADD COLUMN put_offs integer NOT NULL DEFAULT 0;
        DROP INDEX deliveries_due;
        CREATE INDEX deliveries_due ON deliveries (chat_id, due_at, occurred_at, event_uuid)
            WHERE state = 'NEW'
    """)


def downgrade() -> None:
    op.execute("""
        DROP INDEX deliveries_due;
        CREATE INDEX deliveries_due ON deliveries (chat_id, occurred_at, event_uuid)
            WHERE state = 'NEW';
        ALTER TABLE deliveries DROP COLUMN due_at, DROP COLUMN put_offs;
        ALTER TABLE chats DROP COLUMN moved_to
    """)
