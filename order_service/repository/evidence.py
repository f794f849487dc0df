"""Reads orders with their events, for the check of invariants."""

from sqlalchemy import Connection, Engine, RowMapping, text

from libs.postgres.transactions import run_transaction
from order_service.model.evidence import OrderSeen
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from order_service.repository.tables import IS_ORDER_PAID

ORDERS_LIMIT = 10_000

IN_WORK_LIMIT = 1000
"""Limit per kind. Reads the oldest, because violations are among them."""

SEEN = """
    orders.order_uuid, status, claim_id IS NOT NULL AS is_claimed,
    coalesce(paying_since, paid_at) AS since, payment_method, transaction_uuid,
    paid.event_uuid IS NOT NULL AS is_announced,
    waiting.type_name, waiting.occurred_at AS waiting_since, waiting.last_error
"""

BESIDE_OUTBOX = f"""
    LEFT JOIN LATERAL (
        SELECT event_uuid FROM outbox
        WHERE outbox.order_uuid = orders.order_uuid AND {IS_ORDER_PAID}
        LIMIT 1
    ) AS paid ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(headers ->> 'event-type', 'event') AS type_name, occurred_at, last_error
        FROM outbox
        WHERE outbox.order_uuid = orders.order_uuid AND published_at IS NULL
        ORDER BY occurred_at
        LIMIT 1
    ) AS waiting ON true
"""  # noqa: S608  # constants of this module
"""Each order once, however many events it has."""

SEE_ALL = text(f"""
    SELECT {SEEN}
    FROM orders {BESIDE_OUTBOX}
    ORDER BY orders.created_at
    LIMIT {ORDERS_LIMIT}
""")  # noqa: S608  # constants of this module

SEE_IN_WORK = text(f"""
    WITH in_work AS MATERIALIZED (
        (SELECT order_uuid FROM orders WHERE claim_id IS NOT NULL AND doubt IS NULL
            ORDER BY paying_since LIMIT {IN_WORK_LIMIT})
        UNION
        (SELECT order_uuid FROM orders WHERE doubt IS NOT NULL
            ORDER BY paying_since LIMIT {IN_WORK_LIMIT})
        UNION
        (SELECT order_uuid FROM orders WHERE status = 'PAID'
            ORDER BY paid_at, order_uuid LIMIT {IN_WORK_LIMIT})
        UNION
        (SELECT order_uuid FROM outbox WHERE published_at IS NULL AND refused_at IS NULL
            ORDER BY occurred_at LIMIT {IN_WORK_LIMIT})
        UNION
        (SELECT order_uuid FROM outbox WHERE published_at IS NULL AND refused_at IS NOT NULL
            ORDER BY refused_at LIMIT {IN_WORK_LIMIT})
    )
    SELECT {SEEN}
    FROM in_work JOIN orders USING (order_uuid) {BESIDE_OUTBOX}
    ORDER BY orders.created_at
""")  # noqa: S608  # constants of this module


def see_orders(engine: Engine, *, at_rest_too: bool) -> tuple[OrderSeen, ...]:
    """Read the oldest orders: those in work, or with at_rest_too all, up to 10,000.

    Raises DatabaseUnavailable.
    """

    def read(tx: Connection) -> tuple[OrderSeen, ...]:
        rows = tx.execute(SEE_ALL if at_rest_too else SEE_IN_WORK).mappings()
        return tuple(_seen(row) for row in rows)

    return run_transaction(engine, read)


def _seen(row: RowMapping) -> OrderSeen:
    method, type_name = row["payment_method"], row["type_name"]
    return OrderSeen(
        order_uuid=row["order_uuid"],
        status=OrderStatus(row["status"]),
        is_claimed=row["is_claimed"],
        since=row["since"],
        payment_method=None if method is None else PaymentMethod(method),
        transaction_uuid=row["transaction_uuid"],
        is_announced=row["is_announced"],
        unpublished=type_name and type_name.rpartition(".")[2],
        waiting_since=row["waiting_since"],
        last_error=row["last_error"],
    )
