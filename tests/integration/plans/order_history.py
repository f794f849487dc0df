"""The order service's tables with a million finished orders and a backlog of every kind."""

from dataclasses import dataclass
from hashlib import md5
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from tests.integration.plans.filling import fill_tables

FINISHED = 1_000_000
BACKLOG = 100_000

FILL_ORDERS = text("""
    INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, created_at,
        updated_at, payment_method, transaction_uuid, paid_at, assembled_at, build_time_s,
        claim_id, paying_since, claimed_method, doubt)
    SELECT id, md5('user' || n / 10)::uuid, ARRAY[id], 1, :status, at, at,
        CASE WHEN paid THEN 'CARD' END, CASE WHEN paid THEN id END, CASE WHEN paid THEN at END,
        CASE WHEN done THEN at END, CASE WHEN done THEN 5 END,
        CASE WHEN claimed THEN id END, CASE WHEN claimed THEN at END,
        CASE WHEN claimed THEN 'CARD' END, CASE WHEN :kind = 'doubtful' THEN 'refused' END
    FROM generate_series(1, :number) AS n,
        LATERAL (SELECT md5(:kind || n)::uuid AS id,
            now() - interval '10 minutes' - (n + CASE WHEN :kind = 'doubtful' THEN 2 * :number
                ELSE 0 END) * interval '0.5 s' AS at,
            :status IN ('PAID', 'ASSEMBLED') AS paid, :status = 'ASSEMBLED' AS done,
            :status = 'PENDING_PAYMENT' AS claimed) AS row
""")

FILL_OUTBOX = text("""
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, headers, occurred_at,
        published_at, refused_at)
    SELECT id, id, 'order.paid', 'key', 'paid', '{"event-type": "events.v1.OrderPaid"}',
        now() - CAST(:age AS interval), now() - CAST(:published AS interval) - n * interval '0.5 s',
        CASE WHEN :refused THEN now() - n * interval '1 ms' END
    FROM generate_series(1, :number) AS n, LATERAL (SELECT md5(:kind || n)::uuid AS id) AS row
""")

FILL_KEYS = text("""
    INSERT INTO idempotency_keys (scope, key, request_digest, attempt_id, attempted_at, status,
        body, created_at)
    SELECT 'open', n::text, '', md5(n::text)::uuid, now(), 201, '{}',
        now() - interval '24 hours' + (n - :expired) * interval '50 ms'
    FROM generate_series(1, :number) AS n
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Orders of one kind; published is the least time since publication, None if unpublished."""

    name: str
    number: int = BACKLOG
    status: str = "PAID"
    age: str = "5 minutes"
    published: str | None = None
    refused: bool = False


KINDS = (
    Kind(name="finished", number=FINISHED, status="ASSEMBLED", published="10 minutes"),
    Kind(name="old", status="ASSEMBLED", published="8 days"),
    Kind(name="overdue", published="10 minutes"),
    Kind(name="recent", age="-1 hour"),
    Kind(name="late"),
    Kind(name="refused", refused=True),
    Kind(name="claimed", status="PENDING_PAYMENT"),
    Kind(name="doubtful", status="PENDING_PAYMENT"),
)


def fill(engine: Engine) -> None:
    fill_tables(
        engine,
        {"orders": _fill_orders, "outbox": _fill_outbox, "idempotency_keys": _fill_keys},
    )


def an_id(kind: str, number: int) -> UUID:
    return UUID(md5(f"{kind}{number}".encode()).hexdigest())  # noqa: S324  # as the tables have it


def _fill_orders(tx: Connection) -> None:
    for kind in KINDS:
        values = {"kind": kind.name, "number": kind.number, "status": kind.status}
        tx.execute(FILL_ORDERS, values)


def _fill_outbox(tx: Connection) -> None:
    for kind in KINDS:
        if kind.status != "PENDING_PAYMENT":
            values = {"kind": kind.name, "number": kind.number, "age": kind.age}
            tx.execute(
                FILL_OUTBOX, {**values, "published": kind.published, "refused": kind.refused}
            )


def _fill_keys(tx: Connection) -> None:
    tx.execute(FILL_KEYS, {"number": 3 * BACKLOG, "expired": BACKLOG})
