"""Orders that wait for their payment, without asking the REST API."""

from uuid import uuid4

from psycopg2.extras import execute_values

from tests.bench.stack.system import System

A_PAGE = 1000

MOST_PER_S = 800
"""Orders to store for each second of payments; no version pays so many."""

INSERT_PENDING = """
    INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, created_at,
        updated_at)
    VALUES %s
"""
PENDING = "(%s::uuid, %s::uuid, ARRAY[gen_random_uuid()], 1, 'PENDING_PAYMENT', now(), now())"


def store_pending(system: System, count: int) -> list[str]:
    """Insert so many orders; return their ids."""
    rows = [(str(uuid4()), str(uuid4())) for _ in range(count)]
    with system.orders.connection.cursor() as cursor:
        execute_values(cursor, INSERT_PENDING, rows, template=PENDING, page_size=A_PAGE)
    return [order_uuid for order_uuid, _ in rows]
