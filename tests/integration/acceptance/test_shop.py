import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from deploy.local.engines.ports import free_port
from tests.acceptance.errors import NoAnswer
from tests.acceptance.shop import HttpShop


class Echo(BaseHTTPRequestHandler):
    """Echoes the request; answers 409 under /refused."""

    def do_GET(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.send_response(409 if self.path.endswith("/refused") else 200)
        self.end_headers()
        asked = {"call": f"{self.command} {self.path}", "content": content}
        if key := self.headers.get("X-API-Key"):
            asked["key"] = key
        self.wfile.write(json.dumps(asked).encode())

    do_POST = do_GET  # noqa: N815  # named by http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named by http.server
        """Log nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_calls_send_json_to_the_base_path_of_the_api(url: str) -> None:
    shop = HttpShop(url)

    assert shop.get("/orders/7").body == {"call": "GET /api/v1/orders/7", "content": ""}
    assert shop.post("/orders", {"a": 1}).body == {
        "call": "POST /api/v1/orders",
        "content": '{"a": 1}',
    }


def test_every_call_carries_the_key(url: str) -> None:
    shop = HttpShop(url, api_key="k")

    assert [answer.body["key"] for answer in (shop.get("/a"), shop.post("/b", {}))] == ["k", "k"]


def test_a_refusal_is_an_answer(url: str) -> None:
    assert HttpShop(url).post("/refused").status == 409


def test_an_address_without_a_server_is_named() -> None:
    port = free_port()

    with pytest.raises(NoAnswer, match=f"127.0.0.1:{port}/api/v1/orders/7 .*refused"):
        HttpShop(f"http://127.0.0.1:{port}").get("/orders/7")
