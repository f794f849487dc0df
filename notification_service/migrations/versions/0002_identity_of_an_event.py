"""An event is identified by its kind, its order and its id.

A generated column: what an older version of the service still writes has it too.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE deliveries
            ADD COLUMN order_uuid uuid NOT NULL
                GENERATED ALWAYS AS (CAST(facts ->> 'order_uuid' AS uuid)) STORED,
            DROP CONSTRAINT deliveries_pkey,
            ADD PRIMARY KEY (event_uuid, order_uuid, kind, chat_id)
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE deliveries
            DROP CONSTRAINT deliveries_pkey,
            ADD PRIMARY KEY (event_uuid, chat_id),
            DROP COLUMN order_uuid
    """)
