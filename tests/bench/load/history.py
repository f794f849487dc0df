"""Fills the tables with finished orders, as they are after a long time."""

from tests.bench.stack.system import System

A_PAGE = 50_000

CHAT = 1001

ROWS = """
    FROM generate_series(%(first)s, %(last)s) AS n,
        LATERAL (SELECT md5('history' || n)::uuid AS id,
            now() - interval '10 minutes' - n * interval '50 ms' AS at) AS row
"""

ORDERS = f"""
    INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, created_at,
        updated_at, payment_method, transaction_uuid, paid_at, assembled_at, build_time_s)
    SELECT id, md5('user' || n / 10)::uuid, ARRAY[id], 1, 'ASSEMBLED', at, at, 'CARD', id, at, at, 5
    {ROWS}
"""  # constants of this module

OUTBOX = f"""
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, headers, occurred_at,
        published_at)
    SELECT id, id, 'order.paid', id::text, 'paid',
        '{{"event-type": "events.v1.OrderPaid"}}', at, at
    {ROWS}
"""  # constants of this module

DELIVERIES = f"""
    INSERT INTO deliveries (event_uuid, chat_id, kind, facts, occurred_at, state, created_at,
        sent_at, message_id)
    SELECT id, {CHAT}, 'paid', jsonb_build_object('order_uuid', id), at, 'SENT', at, at, n
    {ROWS}
"""  # constants of this module


class History:
    def __init__(self, system: System) -> None:
        self._orders = system.orders.connection
        self._deliveries = system.deliveries.connection
        self._filled = 0

    def grow(self, to: int) -> None:
        """Add finished orders, their events and their deliveries until there are so many."""
        while self._filled < to:
            last = min(self._filled + A_PAGE, to)
            page = {"first": self._filled + 1, "last": last}
            with self._orders.cursor() as cursor:
                cursor.execute(ORDERS, page)
                cursor.execute(OUTBOX, page)
            with self._deliveries.cursor() as cursor:
                cursor.execute(DELIVERIES, page)
            self._filled = last
        for opened, tables in ((self._orders, "orders, outbox"), (self._deliveries, "deliveries")):
            with opened.cursor() as cursor:
                cursor.execute(f"VACUUM ANALYZE {tables}")
