"""Idempotency keys."""

from alembic import op

revision = "0002"
down_revision = "0001"

IDEMPOTENCY_KEYS = """
CREATE TABLE idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL,
    attempt_id uuid,
    attempted_at timestamptz NOT NULL,
    status smallint,
    body json,
    location text,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key),
    CONSTRAINT idempotency_keys_answer CHECK (
        num_nonnulls(status, body) IN (0, 2)
        AND (location IS NULL OR status IS NOT NULL)
        AND (attempt_id IS NOT NULL OR status IS NULL)
    )
);
CREATE INDEX idempotency_keys_oldest ON idempotency_keys (created_at);
"""


def upgrade() -> None:
    op.execute(IDEMPOTENCY_KEYS)


def downgrade() -> None:
    op.execute("DROP TABLE idempotency_keys")
