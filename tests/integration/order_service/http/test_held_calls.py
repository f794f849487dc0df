"""Slow clients and slow dependencies do not affect other calls of the REST port."""

import gc
import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
from structlog.testing import capture_logs

from deploy.local.engines.engine import LOOPBACK
from order_service.api.http.server.connections import MAX_HEADER_BYTES, MAX_LINE_BYTES
from tests.integration.order_service.http.held_calls import (
    FAR_MORE_THAN_BUFFERS_HOLD,
    HEAD,
    KEY,
    ORDERS,
    PAY,
    Shop,
    answer_at_once,
    call,
    connected,
    is_closed_at_once,
    received,
    sent,
    served,
)
from tests.support.eventually import eventually

HALF_A_PAYMENT = HEAD % (PAY.encode(), KEY.encode(), b"Content-Length: 10") + b"half"


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_silent_connections_keep_no_client_out(shop: Shop) -> None:
    with served(shop, most=16) as port, ExitStack() as crowd:
        silent = [crowd.enter_context(connected(port)) for _ in range(100)]

        assert answer_at_once(port).status == 200
        assert is_closed_at_once(silent[0])


def test_a_busy_connection_is_not_closed_to_make_room(shop: Shop) -> None:
    shop.held = {ORDERS}
    with served(shop, most=16) as port, ExitStack() as crowd, ThreadPoolExecutor(1) as customer:
        answer = customer.submit(call, port, "GET", ORDERS)
        eventually(lambda: bool(shop.in_hand), within_s=5)
        for _ in range(100):
            crowd.enter_context(connected(port))
        shop.go_on.set()

        assert answer.result(timeout=10).status == 200


def test_missing_bodies_keep_no_client_out(shop: Shop) -> None:
    with capture_logs() as lines, served(shop, most=16) as port, ExitStack() as crowd:
        half = [crowd.enter_context(connected(port)) for _ in range(100)]
        for each in half:
            with suppress(ConnectionError):  # some were closed to make room
                each.sendall(HALF_A_PAYMENT)

        assert answer_at_once(port).status == 200
        assert is_closed_at_once(half[0])

    assert [line for line in lines if line["log_level"] == "error"] == []


def test_a_client_that_does_not_read_its_answer_makes_room_too(shop: Shop) -> None:
    shop.answer = b"a" * FAR_MORE_THAN_BUFFERS_HOLD
    with served(shop, most=4) as port, connected(port) as deaf, ExitStack() as crowd:
        deaf.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % ORDERS.encode())
        assert deaf.recv(1) == b"H"
        for _ in range(10):
            crowd.enter_context(connected(port))
        assert answer_at_once(port, path="/livez").status == 200

        assert received(deaf) < FAR_MORE_THAN_BUFFERS_HOLD


def test_a_new_connection_is_closed_when_all_are_busy_without_a_logged_bug(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.held = {ORDERS}
    with served(shop, most=2) as port, ThreadPoolExecutor(2) as customers:
        answers = [customers.submit(call, port, "GET", ORDERS) for _ in range(2)]
        eventually(lambda: len(shop.in_hand) == 2, within_s=5)
        with connected(port) as one_too_many:
            assert is_closed_at_once(one_too_many)
        shop.go_on.set()

        assert [each.result(timeout=10).status for each in answers] == [200, 200]
    gc.collect()  # makes asyncio report failed tasks
    assert caplog.records == []


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nHost"])
def test_a_connection_without_a_request_is_closed(shop: Shop, beginning: bytes) -> None:
    with served(shop, idle_s=0.2) as port, connected(port) as connection:
        connection.sendall(beginning)

        assert connection.recv(1) == b""


def test_an_open_connection_is_answered_once_more_after_the_stop(shop: Shop) -> None:
    with served(shop) as port:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
        for closes in (None, "close"):
            connection.request("POST", ORDERS, b"{}", {"X-API-Key": KEY})
            answer = connection.getresponse()
            assert (answer.read(), answer.headers["Connection"]) == (b"{}", closes)
            shop.stop()
            eventually(shop.is_ending, within_s=5)
        connection.close()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"\x16\x03\x01 hello\r\n\r\n", 400),
        (b"GET  HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n", 400),
        (b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * (MAX_LINE_BYTES + 1)), 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: %s\r\n\r\n" % (b"a" * (MAX_HEADER_BYTES + 1)), 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n%s\r\n" % (b"X-A: a\r\n" * 200), 431),
        (HEAD % (PAY.encode(), KEY.encode(), b"Transfer-Encoding: chunked") + b"what\r\n", 400),
    ],
)
def test_invalid_http_is_refused_in_the_form_of_the_contract(
    shop: Shop, raw: bytes, status: int
) -> None:
    with served(shop) as port:
        found, body = sent(port, raw)

    assert (found, body["code"]) == (status, status)
    assert body["status"]
    assert body["message"]


def test_a_body_that_comes_too_slowly_is_refused_with_408(shop: Shop) -> None:
    with served(shop, body_timeout_s=0.2) as port:
        status, body = sent(port, HALF_A_PAYMENT)

    assert (status, body["code"], body["status"]) == (408, 408, "Request Timeout")


def test_a_client_that_disconnects_in_its_body_is_not_logged_as_a_bug(shop: Shop) -> None:
    with capture_logs() as lines, served(shop) as port:
        with connected(port) as connection:
            connection.sendall(HALF_A_PAYMENT)
        assert answer_at_once(port).status == 200

    assert [line for line in lines if line["log_level"] == "error"] == []


def test_slow_bodies_delay_no_other_call(shop: Shop) -> None:
    with served(shop) as port, ExitStack() as crowd:
        for _ in range(200):
            crowd.enter_context(connected(port)).sendall(HALF_A_PAYMENT)

        assert answer_at_once(port).status == 200
        assert answer_at_once(port, "POST", PAY).status == 200
        assert answer_at_once(port, path="/livez").status == 200


@pytest.mark.parametrize(
    ("stuck", "written", "others"),
    [(PAY, PAY, (ORDERS,)), (PAY, f"{ORDERS}/1/p%61y", (ORDERS,)), (ORDERS, ORDERS, (PAY,))],
    ids=["payment", "payment-encoded", "inventory"],
)
def test_a_hanging_dependency_delays_only_its_own_calls(
    shop: Shop, stuck: str, written: str, others: tuple[str, ...]
) -> None:
    shop.held = {stuck}
    with served(shop) as port, ThreadPoolExecutor(80) as customers:
        held = [customers.submit(call, port, "POST", written) for _ in range(80)]
        eventually(lambda: sum(each.done() for each in held) >= 60, within_s=10)

        turned_away = answer_at_once(port, "POST", stuck)
        calls = [("GET", f"{ORDERS}/1"), ("GET", "/livez"), *(("POST", each) for each in others)]
        assert [answer_at_once(port, *each).status for each in calls] == [200] * len(calls)
        shop.go_on.set()
        statuses = [each.result(timeout=10).status for each in held]

    assert (turned_away.status, turned_away.headers["Retry-After"]) == (503, "1")
    assert turned_away.body["code"] == 503
    assert set(statuses) == {200, 503}


def test_liveness_waits_for_no_other_call(shop: Shop) -> None:
    paths = ["/readyz", ORDERS, "/docs"]
    shop.held = {*paths, PAY}
    with served(shop) as port, ThreadPoolExecutor(120) as customers:
        for path in paths * 30:
            customers.submit(call, port, "GET", path)
        for _ in range(30):
            customers.submit(call, port, "POST", PAY)
        eventually(lambda: len(shop.in_hand) >= 30, within_s=10)

        assert answer_at_once(port, path="/livez").status == 200
        shop.go_on.set()


def test_a_burst_is_answered_and_not_refused(shop: Shop) -> None:
    with served(shop) as port, ThreadPoolExecutor(100) as customers:
        answers = customers.map(lambda _: call(port, "POST", PAY), range(400))

        assert {answer.status for answer in answers} == {200}


def test_a_client_that_expects_100_continue_gets_it(shop: Shop) -> None:
    head = HEAD % (PAY.encode(), KEY.encode(), b"Content-Length: 2\r\nExpect: 100-continue")
    with served(shop) as port, connected(port) as connection:
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")

        assert connection.recv(1000).endswith(b"{}")
