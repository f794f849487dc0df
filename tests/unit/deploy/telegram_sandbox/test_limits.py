from deploy.telegram_sandbox.limits import Limits

PRIVATE, GROUP = 42, -42


def test_a_private_chat_takes_a_message_a_second() -> None:
    limits = Limits()

    assert [limits.accept(PRIVATE, now) for now in (0.0, 0.2, 0.999, 1.0, 1.5)] == [0, 1, 1, 0, 1]


def test_a_group_takes_twenty_messages_a_minute() -> None:
    limits = Limits()

    assert [limits.accept(GROUP, float(now)) for now in range(20)] == [0] * 20
    assert limits.accept(GROUP, 20.0) == 40
    assert limits.accept(GROUP, 60.0) == 0


def test_a_bot_sends_thirty_messages_a_second_to_all_chats_together() -> None:
    limits = Limits()

    assert [limits.accept(chat, 0.0) for chat in range(1, 31)] == [0] * 30
    assert limits.accept(31, 0.5) == 1
    assert limits.accept(31, 1.0) == 0
