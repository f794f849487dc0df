"""Contract of messengers: in memory, and Telegram through the sandbox."""

from collections.abc import Iterator

import pytest

from libs.errors import AppError
from notification_service.client.loop_thread import LoopThread
from notification_service.client.telegram_bot import create_bot
from notification_service.client.telegram_chat import TelegramChat
from notification_service.model.errors import (
    AnswerLost,
    BotRefused,
    ChatClosed,
    ChatMoved,
    ChatUnreachable,
    FormattingRefused,
    MessageRefused,
    RefusalNotUnderstood,
    TelegramUnavailable,
    Throttled,
    TokenRefused,
)
from notification_service.model.text import Text
from tests.support.servers.telegram import TelegramSandbox
from tests.unit.notification_service.builders import CHAT
from tests.unit.notification_service.fakes import FakeMessenger

HELLO = Text("<b>Hello</b> CREDIT_CARD &lt;&amp;&gt;")


ANSWERS: dict[type[AppError], tuple[int, str]] = {
    TokenRefused: (401, "Unauthorized"),
    BotRefused: (400, "Logged out"),
    TelegramUnavailable: (502, "Bad Gateway"),
    ChatUnreachable: (400, "Bad Request: chat not found"),
    ChatClosed: (403, "Forbidden: bot was blocked by the user"),
    FormattingRefused: (400, "Bad Request: can't parse entities: no"),
    MessageRefused: (400, "Bad Request: message text is empty"),
    RefusalNotUnderstood: (400, "Bad Request: the moon is full"),
}


class InMemory:
    """A messenger, and ways to make it fail."""

    def __init__(self) -> None:
        self.messenger = FakeMessenger()

    def trouble(self, error: AppError) -> None:
        self.messenger.failures.append(error)

    def told(self) -> list[str]:
        return self.messenger.sent


class Sandboxed:
    """The same with Telegram's answers."""

    def __init__(self, sandbox: TelegramSandbox, chat: TelegramChat) -> None:
        self._sandbox = sandbox
        self.messenger = chat

    def trouble(self, error: AppError) -> None:
        match error:
            case AnswerLost():
                self._sandbox.break_calls("drop", calls=1)
            case Throttled():
                self._fail(429, retry_after=int(error.retry_after_s))
            case ChatMoved():
                self._fail(400, migrate_to=error.new_chat_id)
            case _:
                status, description = ANSWERS[type(error)]
                self._fail(status, description=description)

    def told(self) -> list[str]:
        return self._sandbox.texts(CHAT)

    def _fail(self, status: int, **fault: object) -> None:
        self._sandbox.break_calls("answer", status=status, calls=1, **fault)


Telegram = InMemory | Sandboxed


@pytest.fixture(params=["memory", pytest.param("sandbox", marks=pytest.mark.engine)])
def telegram(request: pytest.FixtureRequest) -> Iterator[Telegram]:
    if request.param == "memory":
        yield InMemory()
        return
    sandbox: TelegramSandbox = request.getfixturevalue("telegram_sandbox")
    chat = TelegramChat(create_bot(sandbox.token, sandbox.url), LoopThread(), timeout_s=2)
    yield Sandboxed(sandbox, chat)
    chat.close()


def test_a_sent_text_is_in_the_chat_without_its_tags(telegram: Telegram) -> None:
    message_id = telegram.messenger.send(CHAT, HELLO, formatted=True)

    assert message_id == 1
    assert telegram.told() == ["Hello CREDIT_CARD <&>"]


def test_a_plain_text_reads_the_same(telegram: Telegram) -> None:
    telegram.messenger.send(CHAT, HELLO, formatted=False)

    assert telegram.told() == ["Hello CREDIT_CARD <&>"]


@pytest.mark.parametrize(
    "error",
    [Throttled(7), ChatMoved(-1001), AnswerLost("dropped"), *(each("no") for each in ANSWERS)],
    ids=lambda error: type(error).__name__,
)
def test_each_failure_has_its_error(telegram: Telegram, error: AppError) -> None:
    telegram.trouble(error)

    with pytest.raises(type(error)) as raised:
        telegram.messenger.send(CHAT, HELLO, formatted=True)

    assert type(raised.value) is type(error)
    assert telegram.messenger.send(CHAT + 1, HELLO, formatted=True) > 0


def test_the_pause_is_telegrams_retry_after(telegram: Telegram) -> None:
    telegram.trouble(Throttled(7))

    with pytest.raises(Throttled) as raised:
        telegram.messenger.send(CHAT, HELLO, formatted=True)

    assert raised.value.retry_after_s == 7
