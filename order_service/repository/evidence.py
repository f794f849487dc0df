"""Orders beside their events, as an inspector reads them."""

from sqlalchemy import Connection, Engine, RowMapping, text

from libs.postgres.transactions import run_transaction
from order_service.model.evidence import OrderSeen
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod

MOST_ORDERS = 10_000

MOST_IN_WORK = 1000
"""Of each kind, the oldest: what is wrong is among them."""

SEEN = """
    orders.order_uuid, status, claim_id IS NOT NULL AS is_claimed,
    coalesce(paying_since, paid_at) AS since, payment_method, transaction_uuid,
    outbox.event_uuid IS NOT NULL AS is_announced,
    outbox.published_at IS NOT NULL AS is_published,
    outbox.occurred_at AS waiting_since, last_error
"""

SEE_ALL = text(f"""
    SELECT {SEEN}
    FROM orders LEFT JOIN outbox USING (order_uuid)
    ORDER BY orders.created_at
    LIMIT {MOST_ORDERS}
""")  # noqa: S608  # constants of this module

SEE_IN_WORK = text(f"""
    WITH in_work AS MATERIALIZED (
        (SELECT order_uuid FROM orders WHERE claim_id IS NOT NULL AND doubt IS NULL
            ORDER BY paying_since LIMIT {MOST_IN_WORK})
        UNION
        (SELECT order_uuid FROM orders WHERE doubt IS NOT NULL
            ORDER BY paying_since LIMIT {MOST_IN_WORK})
        UNION
        (SELECT order_uuid FROM orders WHERE status = 'PAID'
            ORDER BY paid_at, order_uuid LIMIT {MOST_IN_WORK})
        UNION
        (SELECT order_uuid FROM outbox WHERE published_at IS NULL AND refused_at IS NULL
            ORDER BY occurred_at LIMIT {MOST_IN_WORK})
        UNION
        (SELECT order_uuid FROM outbox WHERE published_at IS NULL AND refused_at IS NOT NULL
            ORDER BY refused_at LIMIT {MOST_IN_WORK})
    )
    SELECT {SEEN}
    FROM in_work JOIN orders USING (order_uuid) LEFT JOIN outbox USING (order_uuid)
    ORDER BY orders.created_at
""")  # noqa: S608  # constants of this module


def see_orders(engine: Engine, *, at_rest_too: bool) -> tuple[OrderSeen, ...]:
    """Read the oldest orders that are in work, or all: at most 10,000.

    Raises DatabaseUnavailable.
    """

    def read(tx: Connection) -> tuple[OrderSeen, ...]:
        rows = tx.execute(SEE_ALL if at_rest_too else SEE_IN_WORK).mappings()
        return tuple(_seen(row) for row in rows)

    return run_transaction(engine, read)


def _seen(row: RowMapping) -> OrderSeen:
    method = row["payment_method"]
    return OrderSeen(
        order_uuid=row["order_uuid"],
        status=OrderStatus(row["status"]),
        is_claimed=row["is_claimed"],
        since=row["since"],
        payment_method=None if method is None else PaymentMethod(method),
        transaction_uuid=row["transaction_uuid"],
        is_announced=row["is_announced"],
        is_published=row["is_published"],
        waiting_since=row["waiting_since"],
        last_error=row["last_error"],
    )
