from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import JSONDecodeError
from threading import Thread
from uuid import UUID, uuid4

import pytest

from order_service.model.errors import PaymentUnavailable
from tests.chaos.judging.evidence import Promise
from tests.chaos.load import CUSTOMERS, Load
from tests.support.eventually import eventually

HANGS_UP = 0


class Shop(ThreadingHTTPServer):
    """Answers each call with a chosen status; HANGS_UP closes without an answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.statuses = {"orders": 201, "pay": 200, "cancel": 204}
        self.keys: list[str] = []
        self.message = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Counter(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # named by the base class
        assert isinstance(self.server, Shop)
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        status = self.server.statuses[self.path.rpartition("/")[2]]
        if key := self.headers["Idempotency-Key"]:
            self.server.keys.append(key)
        if status == HANGS_UP:
            return
        told = f'{{"order_uuid": "{uuid4()}", "message": "{self.server.message}"}}'
        body = b"" if status == 204 else told.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as shop:
        Thread(target=shop.serve_forever, daemon=True).start()
        yield shop
        shop.shutdown()


@contextmanager
def loaded(shop: Shop, *, per_s: float = 400, basket: int = 1) -> Iterator[Load]:
    parts = [UUID(int=part) for part in range(9)]
    load = Load(shop.url, parts, seed=1, per_s=per_s, basket=basket)
    load.start()
    yield load
    load.stop()


def promises_of(shop: Shop, *, orders: int = 40) -> tuple[Promise, ...]:
    with loaded(shop) as load:
        eventually(lambda: len(load.promises()) >= orders)
    return load.promises()


def test_customers_pay_cancel_and_do_both_at_once(shop: Shop) -> None:
    told = {(promise.is_paid, promise.is_cancelled) for promise in promises_of(shop)}

    assert told == {(True, False), (False, True), (True, True)}


@pytest.mark.parametrize("status", [HANGS_UP, 409, 500, 503, 504])
def test_anything_but_success_promises_nothing(shop: Shop, status: int) -> None:
    shop.statuses.update(pay=status, cancel=status)

    told = {(promise.is_paid, promise.is_cancelled) for promise in promises_of(shop, orders=8)}

    assert told == {(False, False)}


def test_an_answer_that_a_payment_will_be_finished_is_a_promise(shop: Shop) -> None:
    shop.statuses.update(pay=503, cancel=503)
    shop.message = PaymentUnavailable(UUID(int=7)).args[0]

    told = {(promise.is_paid, promise.is_cancelled) for promise in promises_of(shop, orders=40)}

    assert told == {(True, False), (False, False)}


def test_an_order_that_was_not_acknowledged_is_not_promised(shop: Shop) -> None:
    shop.statuses["orders"] = 503

    with loaded(shop) as load:
        eventually(lambda: load.answers["create 503"] >= 8)

    assert (load.orders, load.promises()) == (0, ())


def test_every_answer_is_stored_with_its_start_and_its_duration(shop: Shop) -> None:
    with loaded(shop) as load:
        eventually(lambda: len(load.given()) >= 20)

    given = load.given()
    moment_s = sorted(each.asked_at_s for each in given)[10]
    assert len(given) == sum(load.answers.values())
    assert all(each.took_s > 0 for each in given)
    assert len(load.given(since_s=moment_s)) == len(given) - 10


def test_an_order_that_was_not_acknowledged_is_asked_for_again_with_its_key(shop: Shop) -> None:
    shop.statuses["orders"] = 503

    with loaded(shop):
        eventually(lambda: any(shop.keys.count(key) == 2 for key in set(shop.keys)))


def test_a_customer_that_dies_ends_the_load_with_what_it_died_of(shop: Shop) -> None:
    shop.message = '"no JSON'

    with pytest.raises(JSONDecodeError), loaded(shop) as load:
        eventually(lambda: load.orders)


def test_customers_fill_their_baskets_and_then_all_pay_at_once(shop: Shop) -> None:
    with loaded(shop, per_s=0.001, basket=5) as load:
        eventually(lambda: len(load.promises()) == 5 * CUSTOMERS)

    asked = [each.request for each in sorted(load.given(), key=lambda each: each.asked_at_s)]
    assert asked[: 5 * CUSTOMERS] == ["create"] * 5 * CUSTOMERS
    assert "create" not in asked[5 * CUSTOMERS :]


def test_a_load_ends_while_baskets_are_filled(shop: Shop) -> None:
    shop.statuses["orders"] = 503

    with loaded(shop, basket=5) as load:
        eventually(lambda: load.answers["create 503"] >= CUSTOMERS)

    assert load.promises() == ()
