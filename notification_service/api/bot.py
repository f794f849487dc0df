"""Receives /start by long polling."""

import asyncio
from collections.abc import Callable
from threading import Event

import structlog

from libs.errors import AppError
from libs.resilience.on_change import OnChange
from notification_service.api.start_answers import Sleep, StartAnswers
from notification_service.model.errors import Throttled, TokenRefused, WebhookSet
from notification_service.model.pace import PAUSE_UNTIL_FIXED_S, pause_after_outage_s
from notification_service.model.text import Text
from notification_service.service.ports import Talk

POLL_S = 10
"""Seconds that one poll waits for updates; below the age at which a heartbeat is stale."""

ALARMS: dict[type[AppError], str] = {
    TokenRefused: "telegram_token_refused",
    WebhookSet: "telegram_webhook_set",
}
"""Errors that an operator must fix before the bot receives updates, with their log events."""

PARALLEL_ANSWERS = 8
"""Number of answers that are sent in parallel."""

log = structlog.get_logger(__name__)


class StartListener:
    """A worker that answers /start in the chat it came from; it subscribes nobody.

    Retries with back-off while Telegram does not answer. Confirms an update only after it tried to
    answer, so after a crash the same /start may be answered twice.
    """

    def __init__(
        self,
        talk: Talk,
        welcome: Callable[[int], Text],
        *,
        alive: Callable[[], None],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._talk = talk
        self._answers = StartAnswers(talk, welcome, sleep=sleep)
        self._alive = alive
        self._sleep = sleep
        self._name = ""
        self._next_update = 0
        self._outages = 0
        self._trouble = OnChange()

    def __call__(self, stop: Event) -> None:
        asyncio.run(self._listen_until(stop))

    async def _listen_until(self, stop: Event) -> None:
        listening = asyncio.create_task(self.listen())
        stopping = asyncio.create_task(asyncio.to_thread(stop.wait))
        try:
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
        finally:
            stop.set()
            listening.cancel()

    async def listen(self) -> None:
        """Answer until cancelled."""
        while True:
            self._alive()
            try:
                await self._answer_news()
            except AppError as error:
                self._report(error)
                await self._rest(self._pause_s(error))
            else:
                self._all_is_well()

    async def _answer_news(self) -> None:
        if not self._name:
            self._name = await self._talk.name()
        heard = await self._talk.hear(offset=self._next_update, timeout_s=POLL_S)
        chats = [each.chat_id for each in heard if _is_start(each.text, self._name)]
        for first in range(0, len(chats), PARALLEL_ANSWERS):
            await self._answers.answer(chats[first : first + PARALLEL_ANSWERS])
            self._alive()
        if heard:
            self._next_update = heard[-1].update_id + 1

    async def _rest(self, pause_s: float) -> None:
        """Wait and keep the heartbeat alive: a wait that Telegram asked for is healthy."""
        while pause_s > 0:
            await self._sleep(min(pause_s, POLL_S))
            pause_s -= POLL_S
            self._alive()

    def _pause_s(self, error: AppError) -> float:
        if isinstance(error, Throttled):
            return error.retry_after_s
        if type(error) in ALARMS:
            return PAUSE_UNTIL_FIXED_S
        self._outages += 1
        return pause_after_outage_s(self._outages - 1)

    def _report(self, error: AppError) -> None:
        """Log a failure when it begins or when its cause changes."""
        if not self._trouble.changes_to(type(error).__name__):
            return
        if alarm := ALARMS.get(type(error)):
            log.error(alarm, reason=str(error))
        else:
            log.warning("telegram_not_answering", reason=str(error))

    def _all_is_well(self) -> None:
        if self._trouble.changes_to(""):
            log.info("telegram_answers")
        self._outages = 0


def _is_start(text: str, name: str) -> bool:
    """Match /start and, in groups, /start@name_of_this_bot; not another bot's name."""
    command, _, addressee = text.partition("\n")[0].partition(" ")[0].partition("@")
    return command == "/start" and addressee.lower() in ("", name.lower())
