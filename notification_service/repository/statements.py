"""SQL of the deliveries. Only a conditional UPDATE changes a state.

Skips rows that another session has locked, so that they delay no others.
A kind of event that this version cannot tell of is left to a newer worker.
"""

from sqlalchemy import TextClause, text

from libs.contracts.events.declared import TOLD
from libs.postgres.set_back import SET_BACK_S
from notification_service.model.pace import LONGEST_PUT_OFF_S, LONGEST_REST_S

KINDS = frozenset(event.kind for event in TOLD)
"""The kinds of events that this version can send."""

KNOWN = "kind IN ({})".format(", ".join(f"'{kind}'" for kind in sorted(KINDS)))

NO_LEASE = f"""
    (sending_until IS NULL OR sending_until <= now()
        OR sending_until > now() + interval '{SET_BACK_S} seconds')
"""

NOT_BLOCKED = f"""
    (blocked_until <= now()
        OR blocked_until > now() + interval '{LONGEST_REST_S + SET_BACK_S} seconds')
"""

DUE_NOW = f"""
    (due_at <= now() OR due_at > now() + interval '{LONGEST_PUT_OFF_S + SET_BACK_S} seconds')
"""

NEXT_SEND_AT = f"""
    CASE WHEN next_send_at <= now() + interval '{SET_BACK_S} seconds' THEN next_send_at END
"""

BLOCKED_UNTIL = f"CASE WHEN NOT {NOT_BLOCKED} THEN blocked_until END"

ANY_DELIVERY = text("SELECT FROM deliveries LIMIT 1")

HOME = text("SELECT chat_id FROM chats WHERE moved_to = :chat_id ORDER BY chat_id LIMIT 1")

ADD = text("""
WITH chat AS (
    INSERT INTO chats (chat_id) VALUES (:chat_id) ON CONFLICT DO NOTHING
), added AS (
    INSERT INTO deliveries (event_uuid, chat_id, kind, facts, occurred_at)
    SELECT event_uuid, :chat_id, kind, facts, occurred_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS row (event_uuid uuid, kind text, facts jsonb, occurred_at timestamptz)
    ORDER BY event_uuid, facts ->> 'order_uuid', kind
    ON CONFLICT DO NOTHING
    RETURNING kind, order_uuid, event_uuid
)
SELECT kind, order_uuid, event_uuid,
    count(*) OVER (PARTITION BY event_uuid, kind) > 1 OR EXISTS (
        SELECT FROM deliveries AS other
        WHERE other.event_uuid = added.event_uuid
            AND other.order_uuid <> added.order_uuid
            AND other.kind = added.kind
    ) AS is_shared
FROM added
""")

TAKE_LEASE = text(f"""
UPDATE chats
SET lease_id = :lease_id, sending_until = now() + make_interval(secs => :lease_s)
WHERE chat_id = :chat_id
    AND ({NO_LEASE} OR lease_id = :lease_id)
""")  # noqa: S608  # constants of this module

RECOVER = text("""
UPDATE deliveries
SET state = CASE WHEN created_at < now() - :try_for THEN 'DEAD' ELSE 'NEW' END,
    attempt_id = NULL,
    ambiguous = ambiguous + 1,
    last_error = 'the sender died before it knew the answer'
WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM deliveries
    WHERE chat_id = :chat_id AND state = 'SENDING'
    FOR UPDATE SKIP LOCKED
))
""")

RELEASE = text("""
UPDATE chats SET lease_id = NULL, sending_until = NULL
WHERE chat_id = :chat_id AND lease_id = :lease_id
""")

CHAT = text(f"""
SELECT
    coalesce(moved_to, chat_id) AS address,
    outages,
    greatest(0, extract(epoch FROM
        greatest({NEXT_SEND_AT}, {BLOCKED_UNTIL}, clock_timestamp()) - clock_timestamp())) AS wait_s
FROM chats WHERE chat_id = :chat_id
""")  # noqa: S608  # constants of this module


def _due(condition: str) -> TextClause:
    return text(f"""
        SELECT event_uuid, chat_id, kind, facts, occurred_at, attempts, put_offs, alone
        FROM deliveries
        WHERE chat_id = :chat_id AND state = 'NEW' AND {DUE_NOW} AND {condition}
        ORDER BY due_at, occurred_at, event_uuid
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    """)  # noqa: S608  # constants of this module


DUE = _due("true")

DUE_AND_KNOWN = _due(KNOWN)

CLAIM = text("""
WITH chat AS (
    UPDATE chats SET sending_until = now() + make_interval(secs => :lease_s)
    WHERE chat_id = :chat_id AND lease_id = :lease_id AND sending_until > now()
    RETURNING chat_id
)
UPDATE deliveries SET state = 'SENDING', attempt_id = :attempt_id
FROM chat
WHERE deliveries.chat_id = chat.chat_id
    AND (kind, order_uuid, event_uuid) IN (
        SELECT * FROM unnest(
            CAST(:kinds AS text[]), CAST(:order_uuids AS uuid[]), CAST(:event_uuids AS uuid[])
        )
    )
    AND (state = 'NEW' OR (state = 'SENDING' AND attempt_id = :attempt_id))
RETURNING kind, order_uuid, event_uuid
""")

SETTLE = text("""
UPDATE deliveries
SET state = CASE
        WHEN :state = 'NEW' AND created_at < now() - :try_for THEN 'DEAD' ELSE :state
    END,
    attempt_id = CASE WHEN :state = 'NEW' THEN NULL ELSE attempt_id END,
    attempts = attempts + CAST(:refused AS integer),
    ambiguous = ambiguous + CAST(:ambiguous AS integer),
    alone = alone OR :alone,
    put_offs = put_offs + CAST(:put_off_s > 0 AS integer),
    due_at = CASE
        WHEN :put_off_s > 0 THEN now() + make_interval(secs => :put_off_s) ELSE due_at
    END,
    sent_at = CASE WHEN :state = 'SENT' THEN now() END,
    message_id = :message_id,
    last_error = coalesce(:error, last_error)
WHERE chat_id = :chat_id AND attempt_id = :attempt_id AND state = 'SENDING'
RETURNING state
""")

REST = text(f"""
UPDATE chats
SET next_send_at = greatest({NEXT_SEND_AT}, now() + make_interval(secs => :rest_s)),
    blocked_until = greatest({BLOCKED_UNTIL}, now() + make_interval(secs => :pause_s)),
    outages = CASE WHEN :outage THEN outages + 1 ELSE 0 END,
    moved_to = coalesce(:moved_to, moved_to)
WHERE chat_id = :chat_id
""")  # noqa: S608  # constants of this module

CHATS_WITH_WORK = text(f"""
SELECT chat_id FROM chats
WHERE {NO_LEASE}
    AND {NOT_BLOCKED}
    AND (
        (
            -- Without ORDER BY PostgreSQL may scan the whole table for the first row.
            SELECT event_uuid FROM deliveries
            WHERE deliveries.chat_id = chats.chat_id AND state = 'NEW' AND {DUE_NOW} AND {KNOWN}
            ORDER BY due_at, occurred_at, event_uuid
            LIMIT 1
        ) IS NOT NULL
        OR EXISTS (
            SELECT FROM deliveries
            WHERE deliveries.chat_id = chats.chat_id AND state = 'SENDING'
        )
    )
ORDER BY chat_id
""")  # noqa: S608  # constants of this module

FORGET = text("""
DELETE FROM deliveries
WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM deliveries
    WHERE state IN ('SENT', 'DEAD') AND created_at < now() - :older_than
    ORDER BY created_at
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
))
""")
