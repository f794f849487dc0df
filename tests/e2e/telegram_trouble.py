"""Gives the roles of the running stack every failure of Telegram."""

import httpx
from sqlalchemy import text as sql

from deploy.local.configuration.environment import SANDBOX_CHAT
from deploy.local.configuration.programs import Stack
from deploy.local.engines.engine import LOOPBACK
from tests.e2e.observing import notification_engine
from tests.support.eventually import eventually

REFUSED_FOR_S = 2.0
WORKER_TROUBLE: list[dict[str, object]] = [
    {"kind": "hang"},
    {"kind": "answer", "status": 401},
    {"kind": "answer", "status": 429, "retry_after": 1},
    {"kind": "answer", "status": 500},
    {"kind": "drop"},
    {"kind": "answer", "status": 400},
    {"kind": "answer", "status": 403},
]
BOT_TROUBLE: list[dict[str, object]] = [
    {"kind": "answer", "status": 401},
    {"kind": "answer", "status": 429, "retry_after": 1},
    {"kind": "drop"},
]


def make_trouble(stack: Stack) -> None:
    """Fail sends and a /start once in each way, then refuse one, and wait for the recovery."""
    chat = f"/sandbox/chats/{int(SANDBOX_CHAT) + 1}/messages"
    for method, troubles in (("sendMessage", WORKER_TROUBLE), ("getUpdates", BOT_TROUBLE)):
        for trouble in troubles:
            fault = {**trouble, "method": method, "calls": 1}
            _call(stack, "POST", "/sandbox/faults", json=fault)
    _call(stack, "POST", chat, json={"text": "/start"})
    eventually(lambda: _has_no_fault_left(stack), within_s=90)
    refusal = {"kind": "refuse", "seconds": REFUSED_FOR_S}
    _call(stack, "POST", "/sandbox/faults", json=refusal)
    eventually(lambda: _has_told(stack, chat, "TELEGRAM_CHAT_ID"), within_s=60)


def _has_no_fault_left(stack: Stack) -> bool:
    _end_pauses(stack)
    return not _call(stack, "GET", "/sandbox/faults").json()


def _end_pauses(stack: Stack) -> None:
    """End a chat's pause."""
    with notification_engine(stack) as engine, engine.begin() as connection:
        connection.execute(sql("UPDATE chats SET blocked_until = now()"))


def _has_told(stack: Stack, chat: str, text: str) -> bool:
    try:
        return text in _call(stack, "GET", chat).text
    except httpx.HTTPError:
        return False


def _call(stack: Stack, method: str, path: str, *, json: object = None) -> httpx.Response:
    sandbox = f"http://{LOOPBACK}:{stack.environments.ports.telegram}"
    reply = httpx.request(method, sandbox + path, json=json, timeout=5, trust_env=False)
    return reply.raise_for_status()
