"""Gives the roles of the running stack every failure of Telegram."""

from typing import Any

from sqlalchemy import text as sql

from deploy.local.configuration.environment import SANDBOX_CHAT
from deploy.local.configuration.programs import Stack
from tests.e2e.observing import notification_engine
from tests.support.eventually import eventually
from tests.support.servers.telegram import SandboxControl

REFUSED_FOR_S = 2.0
WORKER_TROUBLE: list[dict[str, Any]] = [
    {"kind": "hang"},
    {"kind": "answer", "status": 401},
    {"kind": "answer", "status": 429, "retry_after": 1},
    {"kind": "answer", "status": 500},
    {"kind": "drop"},
    {"kind": "answer", "status": 400},
    {"kind": "answer", "status": 403},
]
BOT_TROUBLE: list[dict[str, Any]] = [
    {"kind": "answer", "status": 401},
    {"kind": "answer", "status": 429, "retry_after": 1},
    {"kind": "drop"},
]


def make_trouble(stack: Stack) -> None:
    """Fail sends and a /start once in each way, then refuse one, and wait for the recovery."""
    sandbox, chat_id = SandboxControl(stack.environments.ports.telegram), int(SANDBOX_CHAT) + 1
    for method, troubles in (("sendMessage", WORKER_TROUBLE), ("getUpdates", BOT_TROUBLE)):
        for trouble in troubles:
            sandbox.break_calls(**trouble, method=method, calls=1)
    sandbox.type(chat_id, "/start")
    eventually(lambda: _has_no_fault_left(stack, sandbox), within_s=90)
    sandbox.break_calls("refuse", seconds=REFUSED_FOR_S)
    eventually(lambda: _has_told(sandbox, chat_id, "TELEGRAM_CHAT_ID"), within_s=60)


def _has_no_fault_left(stack: Stack, sandbox: SandboxControl) -> bool:
    _end_pauses(stack)
    return not sandbox.faults()


def _end_pauses(stack: Stack) -> None:
    """End a chat's pause."""
    with notification_engine(stack) as engine, engine.begin() as connection:
        connection.execute(sql("UPDATE chats SET blocked_until = now()"))


def _has_told(sandbox: SandboxControl, chat_id: int, text: str) -> bool:
    try:
        return any(text in told for told in sandbox.texts(chat_id))
    except OSError:
        return False
