"""The Bot object, with the time limits of a process that must stop quickly."""

import json
import os
from typing import Any

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 8.0
POOL_SIZE = 8

LONGEST_RETRY_AFTER_S = 10**9
"""Thirty years: beyond some millennia the library could not make a duration of it."""


def create_bot(token: str, api_url: str, *, proxy: str | None = None) -> Bot:
    """Create a Bot that connects on first use, through the proxy if one is named.

    What the environment says of proxies (http_proxy and its like) is not read.
    """
    # The library's own switch: without it, it warns whenever it is told how long to wait.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    return Bot(
        token,
        base_url=f"{api_url.rstrip('/')}/bot",
        request=_requests(POOL_SIZE, proxy),
        get_updates_request=_requests(1, proxy),
    )


class TelegramRequest(HTTPXRequest):
    """Believes what has the form of Telegram's answers, and nothing else that is JSON.

    By itself the library stumbles over other JSON, and logs what is none as CRITICAL.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer. Raises TelegramError if it is not Telegram's."""
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
        and 0 <= retry_after <= LONGEST_RETRY_AFTER_S
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
