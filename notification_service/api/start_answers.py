"""Answers /start; no chat's answer waits for another chat's."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from libs.errors import AppError
from notification_service.model.errors import (
    AnswerLost,
    BotRefused,
    ChatMoved,
    TelegramUnavailable,
    Throttled,
    TokenRefused,
)
from notification_service.model.pace import pause_after_outage_s
from notification_service.model.text import Text
from notification_service.service.ports import Talk

MAX_WAITING_CHATS = 1000
"""Chats that may wait for a retry; chats beyond the limit have to send /start again."""

PASSING = (TelegramUnavailable, AnswerLost, Throttled, TokenRefused, BotRefused)
"""Failures that are not the chat's: retried. After any other the chat can send /start again."""

Sleep = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)


class StartAnswers:
    """Answers chats, one answer per chat at a time.

    Retries in the background what Telegram does not accept, without a limit. Keeps retries in
    memory only: after a restart an unanswered chat has to send /start again.
    """

    def __init__(
        self, talk: Talk, welcome: Callable[[int], Text], *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._talk = talk
        self._welcome = welcome
        self._sleep = sleep
        self._put_off: dict[int, asyncio.Task[None]] = {}

    async def answer(self, chat_ids: Iterable[int]) -> None:
        """Try to answer all chats in parallel; return when each was tried once."""
        await asyncio.gather(*(self._answer(each) for each in {*chat_ids} - self._put_off.keys()))

    async def _answer(self, chat_id: int) -> None:
        error = await self._attempt(chat_id)
        if error is None or _is_final(error):
            return
        if len(self._put_off) >= MAX_WAITING_CHATS:
            log.warning("start_not_answered", chat_id=chat_id, reason="too many chats wait")
            return
        log.warning("start_answer_put_off", chat_id=chat_id, reason=str(error))
        task = asyncio.create_task(self._answer_later(chat_id, error))
        self._put_off[chat_id] = task
        task.add_done_callback(lambda _: self._put_off.pop(chat_id))

    async def _answer_later(self, chat_id: int, error: AppError) -> None:
        tries = 0
        waiting: AppError | None = error
        while waiting is not None and not _is_final(waiting):
            await self._sleep(_wait_s(waiting, tries))
            waiting = await self._attempt(chat_id)
            tries += 1

    async def _attempt(self, chat_id: int) -> AppError | None:
        """Answer in the chat, or in the one that it moved to; return the error, if any."""
        error = await self._say(chat_id)
        if isinstance(error, ChatMoved):
            chat_id = error.new_chat_id
            error = await self._say(chat_id)
        if error is None:
            log.info("start_answered", chat_id=chat_id)
        elif _is_final(error):
            log.warning("start_not_answered", chat_id=chat_id, reason=str(error))
        return error

    async def _say(self, chat_id: int) -> AppError | None:
        try:
            await self._talk.say(chat_id, self._welcome(chat_id))
        except AppError as error:
            return error
        return None


def _is_final(error: AppError) -> bool:
    return type(error) not in PASSING


def _wait_s(error: AppError, tries: int) -> float:
    if isinstance(error, Throttled):
        return max(error.retry_after_s, 1.0)
    return pause_after_outage_s(tries)
