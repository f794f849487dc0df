"""The bot's ear: /start, by long polling."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from threading import Event

import structlog
from telegram import Bot, Message, Update
from telegram.constants import ParseMode, UpdateType
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from notification_service.model.pace import pause_after_outage_s
from notification_service.model.text import Text

POLL_S = 10
"""Seconds that one call waits for news; below the age at which a heartbeat counts as stale."""

log = structlog.get_logger(__name__)


class StartListener:
    """A worker that answers /start in the chat it came from; it subscribes nobody.

    While Telegram does not answer it tries again, ever slower. An update is confirmed only once it
    is answered, so after a crash the same /start may be answered twice.
    """

    def __init__(
        self,
        bot: Bot,
        welcome: Callable[[int], Text],
        *,
        alive: Callable[[], None],
        poll_s: int = POLL_S,
    ) -> None:
        self._bot = bot
        self._welcome = welcome
        self._alive = alive
        self._poll_s = poll_s
        self._next_update = 0
        self._outages = 0

    def __call__(self, stop: Event) -> None:
        asyncio.run(self._listen_until(stop))

    async def _listen_until(self, stop: Event) -> None:
        listening = asyncio.create_task(self._listen())
        stopping = asyncio.create_task(asyncio.to_thread(stop.wait))
        try:
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
        finally:
            stop.set()
            listening.cancel()

    async def _listen(self) -> None:
        while True:
            self._alive()
            try:
                await self._answer_news()
                self._outages = 0
            except TelegramError as error:
                pause_s = self._pause_s(error)
                _report(error, pause_s)
                await asyncio.sleep(pause_s)

    async def _answer_news(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._next_update, timeout=self._poll_s, allowed_updates=[UpdateType.MESSAGE]
        )
        for update in updates:
            if update.message and _is_start(update.message):
                await self._answer(update, update.message.chat_id)
            self._next_update = update.update_id + 1

    async def _answer(self, update: Update, chat_id: int) -> None:
        try:
            await self._bot.send_message(
                chat_id=chat_id, text=self._welcome(chat_id).html, parse_mode=ParseMode.HTML
            )
        except (BadRequest, Forbidden) as error:
            log.warning("start_not_answered", chat_id=chat_id, reason=str(error))
        else:
            log.info("start_answered", chat_id=chat_id, update_id=update.update_id)

    def _pause_s(self, error: TelegramError) -> float:
        match error:
            case RetryAfter():
                wait = error.retry_after
                return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            case _:
                self._outages += 1
                return pause_after_outage_s(self._outages - 1)


def _is_start(message: Message) -> bool:
    """Match /start and, as groups have it, /start@name_of_the_bot."""
    command, _, _ = (message.text or "").partition(" ")
    return command.partition("@")[0] == "/start"


def _report(error: TelegramError, pause_s: float) -> None:
    if isinstance(error, InvalidToken):
        log.error("telegram_token_refused", variable="TELEGRAM_BOT_TOKEN", pause_s=pause_s)
    else:
        log.warning("telegram_not_answering", reason=str(error), pause_s=pause_s)
