"""Sends messages to Telegram, through python-telegram-bot."""

import asyncio
import time
from collections.abc import Mapping

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from libs.errors import AppError
from libs.metrics.declared.deliveries import SEND
from libs.metrics.instruments import histograms
from notification_service.client.loop_thread import LoopThread
from notification_service.client.telegram_errors import error_from_telegram
from notification_service.model.errors import (
    AnswerLost,
    BotRefused,
    ChatClosed,
    ChatMoved,
    ChatUnreachable,
    MessageRefused,
    RefusalNotUnderstood,
    Throttled,
    TokenRefused,
)
from notification_service.model.text import Text
from notification_service.service.ports import Messenger

SEND_TIMEOUT_S = 10.0
"""Seconds for one message, including the connection; below the stop timeout of the process."""

MARGIN_S = 1.0


OUTCOMES: Mapping[type[AppError], str] = {
    Throttled: "throttled",
    AnswerLost: "ambiguous",
    MessageRefused: "message_refused",
    RefusalNotUnderstood: "message_refused",
    ChatClosed: "chat_refused",
    ChatMoved: "chat_refused",
    ChatUnreachable: "chat_refused",
    BotRefused: "bot_refused",
    TokenRefused: "bot_refused",
    AppError: "unavailable",
}
"""The nearest base class counts."""


class TelegramChat(Messenger):
    """Uses one Bot and one loop per process; a Bot per message is eighty times slower."""

    def __init__(self, bot: Bot, loop: LoopThread, *, timeout_s: float = SEND_TIMEOUT_S) -> None:
        self._bot = bot
        self._loop = loop
        self._timeout_s = timeout_s
        self._durations_s = histograms(SEND)

    def send(self, chat_id: int, text: Text, *, formatted: bool) -> int:
        began_s = time.monotonic()
        outcome = "sent"
        try:
            return self._answer(chat_id, text, formatted=formatted)
        except AppError as error:
            outcome = next(OUTCOMES[kind] for kind in type(error).__mro__ if kind in OUTCOMES)
            raise
        finally:
            self._durations_s[(outcome,)].observe(time.monotonic() - began_s)

    def _answer(self, chat_id: int, text: Text, *, formatted: bool) -> int:
        try:
            return self._loop.run(
                self._send(chat_id, text, formatted=formatted), timeout_s=self._timeout_s + MARGIN_S
            )
        except TimeoutError as error:
            raise AnswerLost(f"telegram: no answer within {self._timeout_s:g} s") from error
        except TelegramError as error:
            raise error_from_telegram(error) from error

    def close(self) -> None:
        """Disconnect and stop the loop. Cancels a message that is being sent."""
        try:
            self._loop.run(self._bot.request.shutdown(), timeout_s=MARGIN_S)
        finally:
            self._loop.close()

    async def _send(self, chat_id: int, text: Text, *, formatted: bool) -> int:
        async with asyncio.timeout(self._timeout_s):
            message = await self._bot.send_message(
                chat_id=chat_id,
                text=text.html if formatted else text.plain,
                parse_mode=ParseMode.HTML if formatted else None,
                disable_web_page_preview=True,
            )
        return message.message_id
