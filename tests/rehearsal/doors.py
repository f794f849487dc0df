"""Who has no password is let in nowhere."""

import socket
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection

import psycopg2

from libs.engines.engine import LOOPBACK
from libs.engines.kafka_metadata import live_brokers
from tests.rehearsal.plan import Plan
from tests.rehearsal.problem import Problem

TIMEOUT_S = 10.0

REFUSED = 401

Door = tuple[str, Callable[[], bool]]
"""A name, and whether it lets in somebody without a password."""


def check_doors(plan: Plan) -> list[str]:
    """Knock without a password everywhere; return where. Raises Problem if one door is open."""
    doors = list(_doors(plan))
    if open_ones := [name for name, is_open in doors if is_open()]:
        raise Problem(f"open to everybody: {', '.join(open_ones)}")
    return [name for name, _ in doors]


def _doors(plan: Plan) -> Iterator[Door]:
    voters = plan.containers["kafka"].environment["KAFKA_CONTROLLER_QUORUM_VOTERS"]
    for (name, port), here in plan.addresses.ports.items():
        if name == "kafka" and not voters.endswith(f":{port}"):
            yield f"kafka:{port}", partial(_kafka_answers, here)
        if name.endswith("-postgres"):
            yield name, partial(_database_opens, plan, name, here)
    yield "redis", partial(_redis_answers, plan.published("redis"))
    yield "flower", partial(_serves, plan.published("flower"), "/")
    yield "order-http", partial(_serves, plan.published("order-http"), "/api/v1/orders")


def _kafka_answers(port: int) -> bool:
    try:
        return live_brokers(LOOPBACK, port) > 0
    except OSError:
        return False


def _database_opens(plan: Plan, name: str, port: int) -> bool:
    owner = plan.places[name].environment
    wrong = owner["POSTGRES_PASSWORD"][::-1]
    try:
        psycopg2.connect(
            host=LOOPBACK,
            port=port,
            user=owner["POSTGRES_USER"],
            password=wrong,
            dbname=owner["POSTGRES_DB"],
        ).close()
    except psycopg2.OperationalError:
        return False
    return True


def _redis_answers(port: int) -> bool:
    with socket.create_connection((LOOPBACK, port), timeout=TIMEOUT_S) as connection:
        connection.sendall(b"PING\r\n")
        return b"PONG" in connection.recv(1000)


def _serves(port: int, path: str) -> bool:
    connection = HTTPConnection(LOOPBACK, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status != REFUSED
    finally:
        connection.close()
