"""Bare Flask routes that create and pay an order: our server, SQL and gRPC calls, and no more.

python -m tests.bench.layers.bare_shop PORT; the rest is in its environment.
"""

import json
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask, request
from psycopg2.extensions import connection
from psycopg2.pool import ThreadedConnectionPool

from deploy.local.engines.engine import LOOPBACK
from libs.contracts.events.declared import ORDER_PAID
from libs.contracts.inventory.v1.inventory_pb2 import ListPartsRequest, PartsFilter
from libs.contracts.inventory.v1.inventory_pb2_grpc import InventoryServiceStub
from libs.contracts.payment.v1.payment_pb2 import PAYMENT_METHOD_CARD, PayOrderRequest
from libs.contracts.payment.v1.payment_pb2_grpc import PaymentServiceStub
from libs.grpc.channel import open_channel
from libs.lifecycle.garbage import freeze_what_stays
from order_service.api.http.guards.callers import ApiKeys
from order_service.api.http.server.server import HttpServer
from tests.bench.load.past import EVENT_TYPE, PaidOrder

CONNECTIONS = 32
CALL_TIMEOUT_S = 5.0

CREATE = """
    INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, created_at,
        updated_at)
    VALUES (%s, %s, %s::uuid[], %s, 'PENDING_PAYMENT', now(), now())
    RETURNING order_uuid
"""

CLAIM = """
    UPDATE orders SET claim_id = %s, paying_since = now(), claimed_method = 'CARD',
        updated_at = now()
    WHERE order_uuid = %s AND status = 'PENDING_PAYMENT' AND claim_id IS NULL
    RETURNING user_uuid
"""

MARK_PAID = """
    UPDATE orders SET claim_id = NULL, paying_since = NULL, claimed_method = NULL, status = 'PAID',
        payment_method = 'CARD', transaction_uuid = %s, paid_at = now(), updated_at = now()
    WHERE order_uuid = %s AND status = 'PENDING_PAYMENT'
    RETURNING paid_at
"""

INSERT_EVENT = """
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, headers, occurred_at)
    VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s)
"""

HEADERS = json.dumps({EVENT_TYPE: ORDER_PAID.type_name})


class Routes:
    def __init__(
        self,
        pool: ThreadedConnectionPool,
        inventory: InventoryServiceStub,
        payments: PaymentServiceStub,
    ) -> None:
        self._pool = pool
        self._inventory = inventory
        self._payments = payments

    def create(self) -> tuple[dict[str, Any], int]:
        order = request.get_json()
        parts = order["part_uuids"]
        listing = ListPartsRequest(filter=PartsFilter(uuids=parts))
        listed = self._inventory.ListParts(listing, timeout=CALL_TIMEOUT_S).parts
        total = sum(part.price for part in listed)
        order_uuid = str(uuid.uuid4())
        with self._connection() as opened:
            _run(opened, CREATE, (order_uuid, order["user_uuid"], parts, total))
            opened.commit()
        return {"order_uuid": order_uuid, "total_price": total}, 201

    def pay(self, order_uuid: str) -> dict[str, str]:
        with self._connection() as opened:
            user = str(_run(opened, CLAIM, (str(uuid.uuid4()), order_uuid)))
            opened.commit()
            call = PayOrderRequest(
                order_uuid=order_uuid, user_uuid=user, payment_method=PAYMENT_METHOD_CARD
            )
            transaction = self._payments.PayOrder(call, timeout=CALL_TIMEOUT_S).transaction_uuid
            paid_at = _run(opened, MARK_PAID, (transaction, order_uuid))
            with opened.cursor() as cursor:
                cursor.execute(INSERT_EVENT, _event(order_uuid, user, paid_at))
            opened.commit()
        return {"transaction_uuid": transaction}

    @contextmanager
    def _connection(self) -> Iterator[connection]:
        opened = self._pool.getconn()
        try:
            yield opened
        finally:
            self._pool.putconn(opened)


def create_application(routes: Routes) -> Flask:
    app = Flask(__name__)
    app.post("/api/v1/orders")(routes.create)
    app.post("/api/v1/orders/<order_uuid>/pay")(routes.pay)
    return app


def _run(opened: connection, statement: str, values: tuple[object, ...]) -> Any:
    """Return the one value that the statement returns."""
    with opened.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    assert row
    return row[0]


def _event(order_uuid: str, user: str, paid_at: datetime) -> tuple[object, ...]:
    paid = PaidOrder(order_uuid=uuid.UUID(order_uuid), user_uuid=uuid.UUID(user), paid_at=paid_at)
    return (
        *(str(paid.event_uuid), order_uuid, ORDER_PAID.topic, order_uuid),
        *(paid.payload, HEADERS, paid_at),
    )


def main() -> None:
    pool = ThreadedConnectionPool(
        CONNECTIONS,
        CONNECTIONS,
        host=LOOPBACK,
        port=os.environ["BENCH_POSTGRES_PORT"],
        user="order",
        dbname="order",
        password=os.environ["BENCH_POSTGRES_PASSWORD"],
    )
    with (
        open_channel(LOOPBACK, int(os.environ["BENCH_INVENTORY_PORT"])) as parts,
        open_channel(LOOPBACK, int(os.environ["BENCH_PAYMENT_PORT"])) as charges,
    ):
        routes = Routes(pool, InventoryServiceStub(parts), PaymentServiceStub(charges))
        freeze_what_stays()
        HttpServer(LOOPBACK, int(sys.argv[1])).run(create_application(routes), ApiKeys(()))


if __name__ == "__main__":
    main()
