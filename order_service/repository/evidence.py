"""Orders beside their events, as an inspector reads them."""

from sqlalchemy import Connection, Engine, RowMapping, text

from libs.postgres.transactions import run_transaction
from order_service.model.evidence import OrderSeen
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod

MOST_ORDERS = 10_000

SEE_ORDERS = text("""
    SELECT orders.order_uuid, status, claim_id IS NOT NULL AS is_claimed,
        coalesce(paying_since, paid_at) AS since, payment_method, transaction_uuid,
        outbox.event_uuid IS NOT NULL AS is_announced,
        outbox.published_at IS NOT NULL AS is_published
    FROM orders LEFT JOIN outbox USING (order_uuid)
    WHERE :all OR claim_id IS NOT NULL OR status = 'PAID'
        OR (outbox.event_uuid IS NOT NULL
            AND (outbox.published_at IS NULL OR status <> 'ASSEMBLED'))
    ORDER BY orders.created_at
    LIMIT :limit
""")


def see_orders(engine: Engine, *, at_rest_too: bool) -> tuple[OrderSeen, ...]:
    """Read at most 10,000 orders, the oldest first; without those at rest it is what is in work.

    Raises DatabaseUnavailable.
    """

    def read(tx: Connection) -> tuple[OrderSeen, ...]:
        rows = tx.execute(SEE_ORDERS, {"all": at_rest_too, "limit": MOST_ORDERS}).mappings()
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
    )
