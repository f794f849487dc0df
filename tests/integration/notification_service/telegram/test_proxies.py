"""The Telegram client uses only the proxy of TELEGRAM_PROXY."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from telegram import Bot

from notification_service.client.telegram_bot import create_bot
from tests.support.servers.telegram import TOKEN, TelegramSandbox

NOWHERE = "http://127.0.0.1:1"

ME = {"id": 1, "is_bot": True, "first_name": "Shipyard", "username": "seen_through_the_proxy"}


class Proxy(BaseHTTPRequestHandler):
    """Answers every call itself, as Telegram would."""

    def do_POST(self) -> None:  # http.server's name
        body = json.dumps({"ok": True, "result": ME}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def proxy() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def username(bot: Bot) -> str:
    async def ask() -> str:
        async with bot:
            return bot.username

    return asyncio.run(ask())


@pytest.mark.parametrize("named", [NOWHERE, "socks5://127.0.0.1:1", "no address"])
def test_proxies_of_the_environment_are_not_used(
    telegram_sandbox: TelegramSandbox, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, named)

    assert username(create_bot(telegram_sandbox.token, telegram_sandbox.url)) == (
        "shipyard_sandbox_bot"
    )


def test_the_proxy_of_the_settings_is_used(proxy: str) -> None:
    bot = create_bot(TOKEN, "http://telegram.invalid", proxy=proxy)

    assert username(bot) == ME["username"]
