"""The bot role as a process, on the Telegram sandbox."""

from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.roles import running_role
from tests.support.servers.telegram import TelegramSandbox
from tests.unit.notification_service.builders import CHAT, GROUP

pytestmark = pytest.mark.timeout(60)

SERVICE = "notification_service"


@pytest.fixture
def environment(telegram_sandbox: TelegramSandbox, tmp_path: Path) -> dict[str, str]:
    """Return the bot's environment; it needs no chat id."""
    return {
        "TELEGRAM_BOT_TOKEN": telegram_sandbox.token,
        "TELEGRAM_API_URL": telegram_sandbox.url,
        "STATE_DIR": str(tmp_path),
    }


def test_start_is_answered_with_the_chats_id(
    telegram_sandbox: TelegramSandbox, environment: dict[str, str]
) -> None:
    telegram_sandbox.type(CHAT, "hello")
    telegram_sandbox.type(CHAT, "/start")
    telegram_sandbox.type(GROUP, "/start@shipyard_sandbox_bot now")

    with running_role(SERVICE, "bot", environment) as bot:
        eventually(lambda: telegram_sandbox.texts(GROUP), within_s=20)
        bot.terminate()
        assert bot.wait_for_exit() == 0

    (told,) = telegram_sandbox.texts(CHAT)
    assert str(CHAT) in told
    assert "TELEGRAM_CHAT_ID" in told
    assert str(GROUP) in telegram_sandbox.texts(GROUP)[0]


def test_the_answer_is_in_the_configured_language(
    telegram_sandbox: TelegramSandbox, environment: dict[str, str]
) -> None:
    telegram_sandbox.type(CHAT, "/start")

    with running_role(SERVICE, "bot", {**environment, "NOTIFICATION_LANGUAGE": "ru"}):
        eventually(lambda: telegram_sandbox.texts(CHAT), within_s=20)

    assert "заказ" in telegram_sandbox.texts(CHAT)[0]


def test_the_bot_survives_an_outage_and_answers_a_start_from_during_it(
    telegram_sandbox: TelegramSandbox, environment: dict[str, str]
) -> None:
    with running_role(SERVICE, "bot", environment) as bot:
        telegram_sandbox.type(CHAT, "/start")
        eventually(lambda: len(telegram_sandbox.texts(CHAT)) == 1, within_s=20)
        telegram_sandbox.stop()
        bot.wait_for_output("telegram_not_answering")
        telegram_sandbox.start()
        telegram_sandbox.break_calls("answer", method="*", status=401, calls=1)
        telegram_sandbox.break_calls("answer", method="*", status=429, retry_after=1, calls=1)
        telegram_sandbox.type(CHAT, "/start")

        eventually(lambda: len(telegram_sandbox.texts(CHAT)) == 2, within_s=40)

        assert telegram_sandbox.token not in bot.output


def test_an_answered_start_is_not_answered_again_after_a_restart(
    telegram_sandbox: TelegramSandbox, environment: dict[str, str]
) -> None:
    telegram_sandbox.type(CHAT, "/start")
    with running_role(SERVICE, "bot", environment) as bot:
        eventually(lambda: telegram_sandbox.texts(CHAT), within_s=20)
        telegram_sandbox.type(CHAT, "thank you")
        eventually(lambda: telegram_sandbox.calls().get("getupdates 200", 0) >= 2)
        bot.terminate()
        bot.wait_for_exit()

    with running_role(SERVICE, "bot", environment):
        telegram_sandbox.type(GROUP, "/start")
        eventually(lambda: telegram_sandbox.texts(GROUP), within_s=20)

    assert len(telegram_sandbox.texts(CHAT)) == 1


def test_a_chat_that_removed_the_bot_does_not_delay_the_others(
    telegram_sandbox: TelegramSandbox, environment: dict[str, str]
) -> None:
    telegram_sandbox.break_calls("answer", status=403, chat_id=CHAT)
    telegram_sandbox.type(CHAT, "/start")
    telegram_sandbox.type(GROUP, "/start")

    with running_role(SERVICE, "bot", environment):
        eventually(lambda: telegram_sandbox.texts(GROUP), within_s=20)

    assert telegram_sandbox.texts(CHAT) == []
