from pathlib import Path

import pytest

from deploy.telegram_sandbox.chats import ChatNotFound, Chats, chat_id_from_text
from deploy.telegram_sandbox.markup import parse_html


def test_messages_and_unconfirmed_updates_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state" / "chats.jsonl"
    before = Chats(file)
    before.write(42, parse_html("<a href='https://x.org'>told</a> 🚀"), at_s=1.0)
    before.type(42, "/start now", at_s=2.0)
    before.type(-7, "hello", at_s=3.0)
    before.updates(offset=2, limit=10)
    messages = {chat_id: list(before.messages(chat_id)) for chat_id in (42, -7)}
    before.close()

    after = Chats(file)

    assert after.ids() == [-7, 42]
    assert {chat_id: after.messages(chat_id) for chat_id in (42, -7)} == messages
    assert [each["update_id"] for each in after.updates(offset=0, limit=10)] == [2]
    assert after.type(42, "again", at_s=4.0)["update_id"] == 3
    assert after.messages(42)[-1]["message_id"] == 4
    after.close()


def test_the_torn_last_line_of_a_killed_sandbox_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "chats.jsonl"
    before = Chats(file)
    before.type(42, "whole", at_s=1.0)
    before.close()
    with file.open("a") as torn:
        torn.write('{"message": {"messa')

    after = Chats(file)
    after.type(42, "next", at_s=2.0)
    after.close()

    last = Chats(file)
    assert [each["text"] for each in last.messages(42)] == ["whole", "next"]
    last.close()


def test_updates_are_confirmed_by_their_offset(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "chats.jsonl")
    for text in ("a", "b", "c"):
        chats.type(42, text, at_s=1.0)

    def ids(offset: int, limit: int = 10) -> list[int]:
        return [each["update_id"] for each in chats.updates(offset=offset, limit=limit)]

    assert ids(0) == [1, 2, 3]
    assert ids(0, limit=1) == [1]
    assert ids(2) == [2, 3]
    assert ids(-1) == [3]
    assert ids(4) == []
    assert ids(0) == []
    chats.close()


def test_a_command_is_marked_as_one(tmp_path: Path) -> None:
    chats = Chats(tmp_path / "chats.jsonl")

    update = chats.type(42, "/start now", at_s=1.0)

    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert update["message"]["chat"]["type"] == "private"
    chats.close()


@pytest.mark.parametrize("text", ["", "0", "@name", "1.5", str(2**52)])
def test_text_that_is_no_id_is_no_chat(text: str) -> None:
    with pytest.raises(ChatNotFound):
        chat_id_from_text(text)
