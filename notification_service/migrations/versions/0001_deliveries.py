"""Deliveries and the chats they go to."""

from alembic import op

revision = "0001"
down_revision = None

CHATS = """
CREATE TABLE chats (
    chat_id bigint PRIMARY KEY,
    lease_id uuid,
    sending_until timestamptz,
    next_send_at timestamptz NOT NULL DEFAULT '-infinity',
    blocked_until timestamptz NOT NULL DEFAULT '-infinity',
    outages integer NOT NULL DEFAULT 0,
    CONSTRAINT chats_lease CHECK ((lease_id IS NULL) = (sending_until IS NULL))
)
"""

DELIVERIES = """
CREATE TABLE deliveries (
    event_uuid uuid NOT NULL,
    chat_id bigint NOT NULL,
    kind text NOT NULL,
    facts jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'NEW',
    attempt_id uuid,
    attempts integer NOT NULL DEFAULT 0,
    ambiguous integer NOT NULL DEFAULT 0,
    alone boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    message_id bigint,
    last_error text,
    PRIMARY KEY (event_uuid, chat_id),
    CONSTRAINT deliveries_state CHECK (state IN ('NEW', 'SENDING', 'SENT', 'DEAD')),
    CONSTRAINT deliveries_kind CHECK (kind IN ('paid', 'assembled')),
    CONSTRAINT deliveries_sending CHECK (state <> 'SENDING' OR attempt_id IS NOT NULL),
    CONSTRAINT deliveries_sent
        CHECK ((state = 'SENT') = (sent_at IS NOT NULL AND message_id IS NOT NULL))
);
CREATE INDEX deliveries_due ON deliveries (chat_id, occurred_at, event_uuid)
    WHERE state = 'NEW';
CREATE INDEX deliveries_sending ON deliveries (chat_id) WHERE state = 'SENDING';
CREATE INDEX deliveries_attempt ON deliveries (attempt_id) WHERE state = 'SENDING';
CREATE INDEX deliveries_finished ON deliveries (created_at) WHERE state IN ('SENT', 'DEAD')
"""


def upgrade() -> None:
    op.execute(CHATS)
    op.execute(DELIVERIES)


def downgrade() -> None:
    op.execute("DROP TABLE deliveries; DROP TABLE chats")
