"""SQL of the outbox; every statement works on a whole batch."""

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from libs.contracts.redrive import REDRIVE_AFTER_S
from libs.postgres.set_back import SET_BACK_S
from order_service.model.order import ASSEMBLING
from order_service.model.outbox import Lane
from order_service.repository.tables import IS_ORDER_PAID

MAX_REDRIVE_AFTER_S = 300
"""The longest wait before the next redrive; each redrive triples the wait."""

KEPT_DAYS = 7
"""Days that a published event is kept, as long as its record is kept in the topic."""

EVENTS = bindparam("events", type_=ARRAY(Uuid))

ORDERS = bindparam("orders", type_=ARRAY(Uuid))


RECENT_S = 10
"""Seconds after a payment for which its event is recent. The relay reads the recent lane many
times a second; the limit spares it the dead rows that an old snapshot keeps."""

IN_LANE = {
    Lane.RECENT: f"refused_at IS NULL AND occurred_at > now() - interval '{RECENT_S} seconds'",
    Lane.LATE: f"refused_at IS NULL AND occurred_at <= now() - interval '{RECENT_S} seconds'",
    Lane.REFUSED: "refused_at IS NOT NULL",
}

WAITING_SINCE = {
    Lane.RECENT: "occurred_at",
    Lane.LATE: "occurred_at",
    Lane.REFUSED: "refused_at",
}

LOOKED_AT = 10_000
"""Most events of a lane that a look reads."""

OLDEST = {
    lane: f"""
        SELECT '{lane}' AS lane, topic, order_uuid, occurred_at, redrives, last_error
        FROM outbox
        WHERE published_at IS NULL AND {IN_LANE[lane]}
        ORDER BY {WAITING_SINCE[lane]}
        LIMIT {LOOKED_AT}
    """  # noqa: S608  # constants of this module
    for lane in Lane
}
"""What waits in each lane, to be counted in one way or another."""

# Without ORDER BY PostgreSQL may scan the whole table when many events wait.
HAS_WAITING = {
    lane: text(f"""
        SELECT count(*)
        FROM (
            SELECT FROM outbox
            WHERE published_at IS NULL AND {IN_LANE[lane]}
            ORDER BY {WAITING_SINCE[lane]}
            LIMIT 1
        ) AS oldest
    """)  # noqa: S608  # constants of this module
    for lane in Lane
}

WAITING = {
    lane: text(f"""
        SELECT event_uuid
        FROM outbox
        WHERE published_at IS NULL AND {IN_LANE[lane]}
        ORDER BY {WAITING_SINCE[lane]}
        LIMIT :limit
    """)  # noqa: S608  # constants of this module
    for lane in Lane
}

TAKE_WAITING = {
    lane: text(f"""
        SELECT event_uuid, topic, key, payload, headers, occurred_at
        FROM outbox
        WHERE published_at IS NULL AND {IN_LANE[lane]}
        ORDER BY {WAITING_SINCE[lane]}
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    """)  # noqa: S608  # constants of this module
    for lane in Lane
}

MARK_PUBLISHED = text("""
    UPDATE outbox
    SET published_at = now(), refused_at = NULL, last_error = NULL,
        partition = stored.partition, record_offset = stored.record_offset
    FROM unnest(
        CAST(:events AS uuid[]), CAST(:partitions AS integer[]), CAST(:offsets AS bigint[])
    ) AS stored (event_uuid, partition, record_offset)
    WHERE outbox.event_uuid = stored.event_uuid
""")

MARK_REFUSED = text("""
    UPDATE outbox SET refused_at = clock_timestamp(), last_error = refused.reason
    FROM unnest(:events, CAST(:reasons AS text[])) AS refused (event_uuid, reason)
    WHERE outbox.event_uuid = refused.event_uuid
""").bindparams(EVENTS)

NEXT_PAID = text(f"""
    SELECT paid_at, order_uuid
    FROM orders
    WHERE status = '{ASSEMBLING.begins}' AND (paid_at, order_uuid) > (:paid_at, :order_uuid)
    ORDER BY paid_at, order_uuid
    LIMIT :limit
""")  # noqa: S608  # constants of the model

REDRIVE_OVERDUE = text(f"""
    UPDATE outbox SET published_at = NULL, redrives = redrives + 1
    WHERE event_uuid IN (
        SELECT event_uuid
        FROM outbox
        WHERE order_uuid = ANY(:orders)
            AND {IS_ORDER_PAID}
            AND (
                published_at < now() - interval '1 second' * least(
                    {REDRIVE_AFTER_S} * 3 ^ least(redrives, 9), {MAX_REDRIVE_AFTER_S}
                )
                OR published_at > now() + interval '{SET_BACK_S} seconds'
            )
        FOR UPDATE SKIP LOCKED
    )
    RETURNING order_uuid, redrives
""").bindparams(ORDERS)  # noqa: S608  # constants of this module

DELETE_DONE = text(f"""
    DELETE FROM outbox
    WHERE event_uuid IN (
        SELECT event_uuid
        FROM outbox JOIN orders USING (order_uuid)
        WHERE outbox.published_at < now() - interval '{KEPT_DAYS} days'
            AND orders.status <> '{ASSEMBLING.begins}'
        ORDER BY outbox.published_at
        LIMIT :limit
        FOR UPDATE OF outbox SKIP LOCKED
    )
""")  # noqa: S608  # constants of this module
