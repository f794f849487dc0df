"""The statements of the outbox and of what comes back: whole batches at a time."""

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from libs.postgres.set_back import SET_BACK_S

FIRST_REDRIVE_AFTER_S = 30
"""Seconds after its publication at which an order without a ship is overdue: three times the
longest build time. Each redrive trebles it."""

LONGEST_REDRIVE_AFTER_S = 300

KEPT_DAYS = 7
"""Days that a published event stays: as long as its record stays in the topic."""

EVENTS = bindparam("events", type_=ARRAY(Uuid))


def _batch(statement: str) -> TextClause:
    return text(statement).bindparams(EVENTS)


HAS_WAITING = text("SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)")

TAKE_WAITING = text("""
    SELECT event_uuid, topic, key, payload, headers, occurred_at
    FROM outbox
    WHERE published_at IS NULL
    ORDER BY occurred_at
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
""")

MARK_PUBLISHED = _batch("""
    UPDATE outbox SET published_at = now(), last_error = NULL WHERE event_uuid = ANY(:events)
""")

NOTE_REFUSALS = _batch("""
    UPDATE outbox SET last_error = refused.reason
    FROM unnest(:events, CAST(:reasons AS text[])) AS refused (event_uuid, reason)
    WHERE outbox.event_uuid = refused.event_uuid
        AND outbox.last_error IS DISTINCT FROM refused.reason
""")

REDRIVE_OVERDUE = text(f"""
    UPDATE outbox SET published_at = NULL, redrives = redrives + 1
    WHERE event_uuid IN (
        SELECT event_uuid
        FROM orders JOIN outbox USING (order_uuid)
        WHERE orders.status = 'PAID'
            AND (
                outbox.published_at < now() - interval '1 second' * least(
                    {FIRST_REDRIVE_AFTER_S} * 3 ^ least(redrives, 9), {LONGEST_REDRIVE_AFTER_S}
                )
                OR outbox.published_at > now() + interval '{SET_BACK_S} seconds'
            )
        ORDER BY outbox.published_at
        LIMIT :limit
        FOR UPDATE OF outbox SKIP LOCKED
    )
    RETURNING order_uuid, redrives
""")  # noqa: S608  # constants of this module

DELETE_DONE = text(f"""
    DELETE FROM outbox
    WHERE event_uuid IN (
        SELECT event_uuid
        FROM outbox JOIN orders USING (order_uuid)
        WHERE outbox.published_at < now() - interval '{KEPT_DAYS} days'
            AND orders.status = 'ASSEMBLED'
        ORDER BY outbox.published_at
        LIMIT :limit
        FOR UPDATE OF outbox SKIP LOCKED
    )
""")  # noqa: S608  # constants of this module

MARK_ASSEMBLED = text("""
    WITH assembled AS (
        SELECT order_uuid, build_time_s
        FROM unnest(:orders, CAST(:build_times_s AS integer[])) AS each (order_uuid, build_time_s)
    ), paid AS (
        SELECT order_uuid
        FROM orders JOIN assembled USING (order_uuid)
        WHERE status = 'PAID'
        ORDER BY order_uuid
        FOR UPDATE OF orders
    )
    UPDATE orders
    SET status = 'ASSEMBLED', assembled_at = now(), updated_at = now(),
        build_time_s = assembled.build_time_s
    FROM assembled JOIN paid USING (order_uuid)
    WHERE orders.order_uuid = assembled.order_uuid AND orders.status = 'PAID'
    RETURNING orders.order_uuid
""").bindparams(bindparam("orders", type_=ARRAY(Uuid)))

STATUSES = text("""
    SELECT order_uuid, status FROM orders WHERE order_uuid = ANY(:orders)
""").bindparams(bindparam("orders", type_=ARRAY(Uuid)))
