"""A bare Flask route that pays an order: the server, the SQL and the gRPC call of ours, no more.

python -m tests.bench.layers.bare_shop PORT; the rest is in its environment.
"""

import os
import sys
import uuid

from flask import Flask
from psycopg2.extensions import connection
from psycopg2.pool import ThreadedConnectionPool

from deploy.local.engines.engine import LOOPBACK
from libs.contracts.payment.v1.payment_pb2 import PAYMENT_METHOD_CARD, PayOrderRequest
from libs.contracts.payment.v1.payment_pb2_grpc import PaymentServiceStub
from libs.grpc.channel import open_channel
from order_service.api.http.guards.callers import ApiKeys
from order_service.api.http.server.server import HttpServer

CONNECTIONS = 32
CALL_TIMEOUT_S = 5.0

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
"""

INSERT_EVENT = """
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, occurred_at, published_at)
    VALUES (%s, %s, 'order.paid', %s, %s, now(), now())
"""
"""Already published, so that nothing after the payment is measured."""


def create_application(pool: ThreadedConnectionPool, payments: PaymentServiceStub) -> Flask:
    app = Flask(__name__)

    @app.post("/api/v1/orders/<order_uuid>/pay")
    def pay(order_uuid: str) -> dict[str, str]:
        opened = pool.getconn()
        try:
            claimed = _run(opened, CLAIM, (str(uuid.uuid4()), order_uuid))
            request = PayOrderRequest(
                order_uuid=order_uuid, user_uuid=claimed, payment_method=PAYMENT_METHOD_CARD
            )
            transaction = payments.PayOrder(request, timeout=CALL_TIMEOUT_S).transaction_uuid
            with opened.cursor() as cursor:
                cursor.execute(MARK_PAID, (transaction, order_uuid))
                event = (str(uuid.uuid4()), order_uuid, order_uuid, request.SerializeToString())
                cursor.execute(INSERT_EVENT, event)
            opened.commit()
        finally:
            pool.putconn(opened)
        return {"transaction_uuid": transaction}

    return app


def _run(opened: connection, statement: str, values: tuple[str, ...]) -> str:
    with opened.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    opened.commit()
    assert row
    return str(row[0])


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
    with open_channel(LOOPBACK, int(os.environ["BENCH_PAYMENT_PORT"])) as channel:
        application = create_application(pool, PaymentServiceStub(channel))
        HttpServer(LOOPBACK, int(sys.argv[1])).run(application, ApiKeys(()))


if __name__ == "__main__":
    main()
