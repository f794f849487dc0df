"""Creates the Bot object, with the timeouts of a process that must stop quickly."""

import json
import os
from typing import Any

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 8.0
POOL_SIZE = 8

MAX_RETRY_AFTER_S = 10**9
"""Thirty years. The library cannot store a duration of some millennia."""


def create_bot(token: str, api_url: str, *, proxy: str | None = None) -> Bot:
    """Create a Bot that connects on first use, through the proxy if one is given.

    Ignores the proxy variables of the environment, such as http_proxy.
    """
    # The library's own switch; without it the library warns at every retry_after.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    return Bot(
        token,
        base_url=f"{api_url.rstrip('/')}/bot",
        request=_requests(POOL_SIZE, proxy),
        get_updates_request=_requests(1, proxy),
    )


class TelegramRequest(HTTPXRequest):
    """Accepts only answers that have the form of Telegram's.

    The library itself fails on other JSON and logs an answer that is no JSON as CRITICAL.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer. Raises TelegramError if it is not from Telegram."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not _is_telegrams(answer):
            raise TelegramError("Invalid server response")
        return answer


def _is_telegrams(answer: dict[str, Any]) -> bool:
    if answer.get("ok") is True:
        return "result" in answer
    parameters = answer.get("parameters") or {}
    return (
        isinstance(answer.get("description"), str)
        and isinstance(parameters, dict)
        and isinstance(parameters.get("migrate_to_chat_id", 0), int)
        and isinstance(retry_after := parameters.get("retry_after", 0), int)
        and 0 <= retry_after <= MAX_RETRY_AFTER_S
    )


def _requests(pool_size: int, proxy: str | None) -> HTTPXRequest:
    return TelegramRequest(
        connection_pool_size=pool_size,
        connect_timeout=CONNECT_TIMEOUT_S,
        write_timeout=CONNECT_TIMEOUT_S,
        read_timeout=ANSWER_TIMEOUT_S,
        pool_timeout=1.0,
        proxy=proxy,
        httpx_kwargs={"trust_env": False},
    )
