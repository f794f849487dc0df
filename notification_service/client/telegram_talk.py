"""Polls updates and answers them, through python-telegram-bot."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from telegram import Bot, Update
from telegram.constants import ParseMode, UpdateType
from telegram.error import TelegramError

from libs.errors import AppError
from libs.metrics.declared.deliveries import BOT_POLLS
from libs.metrics.instruments import counter
from notification_service.client.telegram_errors import error_from_telegram
from notification_service.model.heard import Heard
from notification_service.model.text import Text
from notification_service.service.ports import Talk


class TelegramTalk(Talk):
    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._answered = counter(BOT_POLLS, "answered")
        self._failed = counter(BOT_POLLS, "failed")

    async def name(self) -> str:
        with _translated():
            return (await self._bot.get_me()).username or ""

    async def hear(self, *, offset: int, timeout_s: int) -> Sequence[Heard]:
        try:
            with _translated():
                updates = await self._bot.get_updates(
                    offset=offset, timeout=timeout_s, allowed_updates=[UpdateType.MESSAGE]
                )
        except AppError:
            self._failed.inc()
            raise
        self._answered.inc()
        return [_heard(each) for each in updates]

    async def say(self, chat_id: int, text: Text) -> None:
        with _translated():
            await self._bot.send_message(chat_id=chat_id, text=text.html, parse_mode=ParseMode.HTML)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except TelegramError as error:
        raise error_from_telegram(error) from error


def _heard(update: Update) -> Heard:
    message = update.message
    if not message:
        return Heard(update_id=update.update_id)
    return Heard(update_id=update.update_id, chat_id=message.chat_id, text=message.text or "")
