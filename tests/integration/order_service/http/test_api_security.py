"""What a stranger meets at the real server: ports, limits, headers, and nothing of the inside."""

import http.client
import json
import re
import socket
import time
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from order_service.client.redis_counter import ANSWER_TIMEOUT_S
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.http.rest_client import Answer, RestClient, http_role

BASE = "/api/v1/orders"
KEYS = tuple(f"{n}-{uuid4().hex}" for n in range(2))
SLACK_S = 1.0
"""Seconds that a busy machine may add to a request."""

BODY = {"user_uuid": str(uuid4()), "part_uuids": [str(uuid4())]}

INSIDE = re.compile(
    r"Traceback|File \"|\.py\b|psycopg|sqlalchemy|SELECT |INSERT |grpc|Errno|refused|127\.0\.0\.1"
    r"|localhost|/work|/usr|site-packages|nobody|nowhere|aiohttp|werkzeug|flask",
    re.IGNORECASE,
)
"""Internals that no answer may contain: traces, SQL, libraries, hosts, paths, users."""


def with_key(client: RestClient, key: str) -> Answer:
    return client.call("GET", BASE, headers={"X-API-Key": key})


def test_keys_come_from_a_file_and_are_never_logged(
    away_environment: dict[str, str], tmp_path: Path
) -> None:
    secret = tmp_path / "keys"
    secret.write_text("\n".join(KEYS) + "\n")

    with http_role({**away_environment, "ORDER_API_KEYS_FILE": str(secret)}) as (process, client):
        statuses = [with_key(client, key).status for key in (*KEYS, "wrong", "")]
        refusal = with_key(client, "wrong")
        log = process.output

    assert statuses == [503, 503, 401, 401]
    assert refusal.headers["WWW-Authenticate"].startswith("Apikey ")
    assert "api_keys_required" in log
    assert "api_open_to_everybody" not in log
    assert not any(key in log for key in KEYS)


def test_an_open_api_is_logged_once(away_environment: dict[str, str]) -> None:
    with http_role(away_environment) as (process, client):
        client.call("GET", BASE)

        assert process.output.count("api_open_to_everybody") == 1


def test_replicas_share_a_limit_and_without_redis_calls_are_let_through(
    environment: dict[str, str],
    database: OrderDatabase,
    private_redis: EngineProcess,
    private_url: str,
) -> None:
    limited = {**environment, "CELERY_BROKER_URL": private_url, "ORDER_RATE_LIMIT": "10/hour"}
    other = {**limited, "HTTP_PORT": str(free_port())}
    with http_role(limited) as (process, client), http_role(other) as (_, twin):
        answers = [each.call("GET", BASE) for _ in range(6) for each in (client, twin)]
        assert [answer.status for answer in answers] == [200] * 10 + [429] * 2
        assert [answer.headers["RateLimit-Remaining"] for answer in answers[8:]] == list("1000")
        assert 3500 < int(answers[11].headers["Retry-After"]) <= 3600
        assert client.call("GET", "/readyz").status == 200

        private_redis.freeze()
        held_s = [seconds_to_list(client) for _ in range(50)]
        assert max(held_s) < ANSWER_TIMEOUT_S + SLACK_S
        assert sum(held >= ANSWER_TIMEOUT_S for held in held_s) < len(held_s) / 2
        assert process.output.count("rate_limits_suspended") == 1


def seconds_to_list(client: RestClient) -> float:
    began_at = time.monotonic()
    assert client.call("GET", BASE).status == 200
    return time.monotonic() - began_at


def test_without_a_limit_redis_is_not_used(away_environment: dict[str, str]) -> None:
    with socket.create_server((LOOPBACK, 0)) as redis:
        redis.settimeout(0.5)
        url = f"redis://{LOOPBACK}:{redis.getsockname()[1]}/0"
        with http_role({**away_environment, "CELERY_BROKER_URL": url}) as (_, client):
            answer = client.call("GET", BASE)

        assert "RateLimit-Limit" not in answer.headers
        with pytest.raises(TimeoutError):
            redis.accept()


def test_every_answer_has_security_headers(away_environment: dict[str, str]) -> None:
    paths = ("/livez", "/readyz", BASE, "/nothing", "/docs", "/openapi.json")
    with http_role(away_environment) as (_, client):
        answers = [client.call("GET", path) for path in paths]

    for headers in (answer.headers for answer in answers):
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] in {"no-store", "no-cache, max-age=0"}
        assert headers.get_all("Server") == ["shipyard"]


def test_a_body_above_64_kib_is_refused_in_every_encoding(
    away_environment: dict[str, str],
) -> None:
    body = b'{"user_uuid": "' + b"x" * 200_000 + b'"}'
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%s\r\n\r\n%s"
    ways = {
        b"Content-Length: %d" % len(body): body,
        b"Transfer-Encoding: chunked": b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
    }
    with http_role(away_environment) as (_, client):
        for length, sent in ways.items():
            with socket.create_connection((LOOPBACK, client.port), timeout=10) as connection:
                connection.sendall(head % (BASE.encode(), length, sent))

                assert connection.recv(4096).startswith(b"HTTP/1.1 413 "), length


def test_the_body_of_an_unknown_caller_is_not_read_and_its_refusal_closes_the_connection(
    away_environment: dict[str, str],
) -> None:
    ways = (b"Content-Length: 60000", b"Transfer-Encoding: chunked")
    with http_role({**away_environment, "ORDER_API_KEYS": KEYS[0]}) as (_, client):
        for length in ways * 5:  # the server itself adds the header only sometimes
            with socket.create_connection((LOOPBACK, client.port), timeout=10) as connection:
                connection.sendall(
                    b"POST %s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % (BASE.encode(), length)
                )
                answer = b"".join(iter(lambda: connection.recv(4096), b""))

            assert answer.startswith(b"HTTP/1.1 401 ")
            assert b"\r\nconnection: close\r\n" in answer.lower()


def test_a_connection_stays_open_after_a_refusal_without_a_body_or_after_reading_it(
    away_environment: dict[str, str],
) -> None:
    with http_role({**away_environment, "ORDER_API_KEYS": KEYS[0]}) as (_, client):
        connection = http.client.HTTPConnection(LOOPBACK, client.port, timeout=10)
        with closing(connection):
            for _ in range(3):
                assert status_over(connection, "GET", key="wrong") == 401
                assert status_over(connection, "POST", json.dumps(BODY), key=KEYS[0]) == 503
                assert connection.sock is not None, "the server hung up"


def status_over(
    connection: http.client.HTTPConnection, method: str, body: str | None = None, *, key: str
) -> int:
    connection.request(method, BASE, body, {"Content-Type": "application/json", "X-API-Key": key})
    answer = connection.getresponse()
    assert answer.read()
    return answer.status


ORDER = f"{BASE}/{uuid4()}"

CALLS: list[tuple[str, str, object]] = [
    ("GET", "/readyz", None),
    ("GET", BASE, None),
    ("GET", ORDER, None),
    ("POST", BASE, BODY),
    ("POST", BASE, "not an object"),
    ("POST", f"{ORDER}/pay", {"payment_method": "CARD"}),
    ("POST", f"{ORDER}/cancel", None),
    ("GET", f"{BASE}/../../etc/passwd", None),
    ("GET", f"{BASE}/%00%ff", None),
    ("GET", f"{BASE}?cursor=%27%3B--", None),
    ("GET", "/docs/assets/../../../../etc/passwd", None),
    ("GET", "/docs/assets/%2e%2e/%2e%2e/__init__.py", None),
    ("TRACE", BASE, None),
    ("GET", "//", None),
    ("GET", "///api//v1/orders", None),
    ("GET", "http://elsewhere//", None),
    ("OPTIONS", "*", None),
    ("CONNECT", "elsewhere:443", None),
]


def test_no_answer_shows_internals(away_environment: dict[str, str]) -> None:
    with http_role(away_environment) as (_, client):
        answers = {(method, path): client.call(method, path, body) for method, path, body in CALLS}
        keyed = client.call("POST", BASE, BODY, headers={"Idempotency-Key": "k"})

    assert keyed.status == 503
    for call, answer in {**answers, ("POST", "keyed"): keyed}.items():
        assert answer.status >= 400, call
        assert not INSIDE.search(answer.text), (call, answer.text)
        if call[1] != "/readyz":
            assert answer.body["code"] == answer.status, call
