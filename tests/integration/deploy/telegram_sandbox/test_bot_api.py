"""The sandbox as a process, called as clients of the Bot API call it."""

import contextlib
import json
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.eventually import eventually
from tests.support.roles import run_to_end
from tests.support.servers.telegram import TelegramSandbox

CHAT = 42
MOST_MEMORY = 45_000_000


def ask(
    sandbox: TelegramSandbox,
    method: str,
    path: str,
    body: bytes = b"",
    content_type: str = "application/x-www-form-urlencoded",
) -> tuple[int, bytes]:
    """Return the status and the body of the answer."""
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    with contextlib.closing(connection):
        connection.request(method, path, body, {"Content-Type": content_type})
        answer = connection.getresponse()
        return answer.status, answer.read()


def call(sandbox: TelegramSandbox, method: str, **parameters: object) -> dict[str, Any]:
    """Call a method of the Bot API; return the answer with any status."""
    path = f"/bot{sandbox.token}/{method}"
    _, body = ask(sandbox, "POST", path, urllib.parse.urlencode(parameters).encode())
    return dict(json.loads(body))


def test_a_message_is_sent_and_read_back(telegram_sandbox: TelegramSandbox) -> None:
    answer = call(
        telegram_sandbox, "sendMessage", chat_id=CHAT, text="<b>CREDIT_CARD</b>", parse_mode="HTML"
    )

    assert answer["ok"]
    assert answer["result"]["text"] == "CREDIT_CARD"
    assert answer["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 11}]
    assert telegram_sandbox.texts(CHAT) == ["CREDIT_CARD"]


def test_parameters_may_be_json(telegram_sandbox: TelegramSandbox) -> None:
    path = f"/bot{telegram_sandbox.token}/sendMessage"
    message = json.dumps({"chat_id": CHAT, "text": "hello"}).encode()

    status, body = ask(telegram_sandbox, "POST", path, message, "application/json")

    assert status == 200
    assert json.loads(body)["result"]["chat"]["id"] == CHAT


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"chat_id": CHAT, "text": ""}, "message text is empty"),
        ({"chat_id": CHAT, "text": " \n"}, "text must be non-empty"),
        ({"chat_id": CHAT, "text": "🚀" * 2049}, "message is too long"),
        ({"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ({"chat_id": 0, "text": "x"}, "chat not found"),
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": CHAT, "text": "x", "parse_mode": "Markdown"}, "unsupported parse_mode"),
        (
            {"chat_id": CHAT, "text": "<x>", "parse_mode": "html"},
            'can\'t parse entities: Unsupported start tag "x" at byte offset 0',
        ),
    ],
)
def test_a_bad_message_is_refused(
    telegram_sandbox: TelegramSandbox, parameters: dict[str, object], description: str
) -> None:
    answer = call(telegram_sandbox, "sendMessage", **parameters)

    assert answer == {
        "ok": False,
        "error_code": 400,
        "description": f"Bad Request: {description}",
    }
    assert telegram_sandbox.texts(CHAT) == []


def test_the_longest_message_is_counted_after_parsing(telegram_sandbox: TelegramSandbox) -> None:
    text = f"<b>{'&amp;' * 4096}</b>"

    assert call(telegram_sandbox, "sendMessage", chat_id=CHAT, text=text, parse_mode="HTML")["ok"]


def test_an_unknown_token_or_method_is_refused(telegram_sandbox: TelegramSandbox) -> None:
    status, _ = ask(telegram_sandbox, "GET", "/bot123:short/getMe")

    assert status == 401
    assert call(telegram_sandbox, "fly")["error_code"] == 404
    assert call(telegram_sandbox, "getMe")["result"]["is_bot"] is True
    assert call(telegram_sandbox, "deleteWebhook")["result"] is True


def test_the_second_message_within_a_second_is_answered_429(
    telegram_sandbox: TelegramSandbox,
) -> None:
    call(telegram_sandbox, "sendMessage", chat_id=CHAT, text="one")

    answer = call(telegram_sandbox, "sendMessage", chat_id=CHAT, text="two")

    assert answer["error_code"] == 429
    assert answer["parameters"] == {"retry_after": 1}
    assert telegram_sandbox.calls() == {"sendmessage 200": 1, "sendmessage 429": 1}


def test_a_waiting_poll_gets_a_typed_message_at_once(telegram_sandbox: TelegramSandbox) -> None:
    with ThreadPoolExecutor(1) as client:
        poll = client.submit(call, telegram_sandbox, "getUpdates", timeout=8)

        telegram_sandbox.type(CHAT, "/start")
        heard = poll.result(timeout=4)["result"]

    assert [each["message"]["text"] for each in heard] == ["/start"]


def test_of_two_polls_the_older_one_ends(telegram_sandbox: TelegramSandbox) -> None:
    with ThreadPoolExecutor(1) as client:
        older = client.submit(call, telegram_sandbox, "getUpdates", timeout=8)

        def is_conflict() -> bool:
            call(telegram_sandbox, "getUpdates", timeout=0)
            return older.done() and older.result().get("error_code") == 409

        eventually(is_conflict, within_s=5)


def test_messages_survive_a_restart(telegram_sandbox: TelegramSandbox) -> None:
    call(telegram_sandbox, "sendMessage", chat_id=CHAT, text="kept")
    telegram_sandbox.type(CHAT, "unheard")

    telegram_sandbox.restart()

    assert telegram_sandbox.texts(CHAT) == ["kept"]
    assert len(call(telegram_sandbox, "getUpdates")["result"]) == 1


@pytest.mark.parametrize(("fault", "told"), [({"accept": True}, ["x"]), ({}, [])])
def test_a_dropped_connection_may_have_been_accepted(
    telegram_sandbox: TelegramSandbox, fault: dict[str, object], told: list[str]
) -> None:
    telegram_sandbox.break_calls("drop", calls=1, **fault)

    with pytest.raises(RemoteDisconnected):
        call(telegram_sandbox, "sendMessage", chat_id=CHAT, text="x")

    assert telegram_sandbox.texts(CHAT) == told


def test_every_received_message_is_stored_with_its_answer(
    telegram_sandbox: TelegramSandbox,
) -> None:
    call(telegram_sandbox, "sendMessage", chat_id=CHAT, text="shown")
    telegram_sandbox.break_calls("answer", status=429, retry_after=7, calls=1)
    call(telegram_sandbox, "sendMessage", chat_id=CHAT, text="too soon")
    telegram_sandbox.break_calls("drop", calls=1)
    with pytest.raises(RemoteDisconnected):
        call(telegram_sandbox, "sendMessage", chat_id=CHAT, text="dropped")

    sends = [
        (each["text"], each["status"], each["retry_after_s"]) for each in telegram_sandbox.sends()
    ]

    assert sends == [("shown", 200, 0), ("too soon", 429, 7), ("dropped", None, 0)]


def test_refused_connections_come_back(telegram_sandbox: TelegramSandbox) -> None:
    telegram_sandbox.break_calls("refuse", seconds=0.5)

    def is_refused() -> bool:
        try:
            telegram_sandbox.calls()
        except OSError:
            return True
        return False

    eventually(is_refused, within_s=3)
    eventually(lambda: not is_refused(), within_s=5)


def test_the_chat_can_be_read_as_text(telegram_sandbox: TelegramSandbox) -> None:
    call(telegram_sandbox, "sendMessage", chat_id=CHAT, text="told")

    _, chat = ask(telegram_sandbox, "GET", f"/sandbox/chats/{CHAT}/messages")
    _, page = ask(telegram_sandbox, "GET", "/")

    assert "Sandbox:\ntold" in chat.decode()
    assert f'<a href="/sandbox/chats/{CHAT}/messages">chat {CHAT}</a>: 1 messages' in page.decode()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/sandbox/faults", b'{"kind": "quake"}', 400),
        ("/sandbox/faults", b"[]", 400),
        ("/sandbox/faults", b"no json", 400),
        ("/sandbox/chats/0/messages", b'{"text": "x"}', 400),
        ("/sandbox/chats/1/messages", b'{"text": " "}', 400),
        ("/sandbox/nothing", b"", 404),
    ],
)
def test_a_bad_control_request_is_refused(
    telegram_sandbox: TelegramSandbox, path: str, body: bytes, status: int
) -> None:
    assert ask(telegram_sandbox, "POST", path, body)[0] == status


def test_its_memory_is_small(telegram_sandbox: TelegramSandbox) -> None:
    assert psutil.Process(telegram_sandbox.pid).memory_full_info().pss < MOST_MEMORY


def test_a_taken_port_is_one_line(telegram_sandbox: TelegramSandbox, tmp_path: Path) -> None:
    taken = {"TELEGRAM_SANDBOX_PORT": str(telegram_sandbox.port), "STATE_DIR": str(tmp_path)}

    exit_code, output = run_to_end("deploy.telegram_sandbox", "", taken)

    assert exit_code == 78
    assert len(output.splitlines()) == 1
    assert "TELEGRAM_SANDBOX_PORT" in output
