"""The messages of the chats, stored in a file, so that a restart keeps them."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deploy.telegram_sandbox.markup import Formatted, utf16_length

BOT_ID = 1
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Sandbox", "username": "shipyard_sandbox_bot"}
LARGEST_CHAT_ID = 2**52


class ChatNotFound(Exception):
    """There is no chat with this id."""


def chat_id_from_text(text: str) -> int:
    """Parse the id of a chat: every number but 0. Raises ChatNotFound."""
    try:
        chat_id = int(text)
    except ValueError:
        raise ChatNotFound(text) from None
    if not 0 < abs(chat_id) < LARGEST_CHAT_ID:
        raise ChatNotFound(text)
    return chat_id


def chat_to_json(chat_id: int) -> dict[str, Any]:
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": f"Person {chat_id}"}
    return {"id": chat_id, "type": "group", "title": f"Group {chat_id}"}


class Chats:
    """The messages of both sides, and the updates that the bot has not confirmed yet.

    Every change appends a line to the file before the call returns.
    """

    def __init__(self, path: Path) -> None:
        self._messages: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self._updates: list[dict[str, Any]] = []
        self._last_message_id = 0
        self._last_update_id = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            self._replay(path)
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def close(self) -> None:
        self._file.close()

    def ids(self) -> list[int]:
        return sorted(self._messages)

    def messages(self, chat_id: int) -> list[dict[str, Any]]:
        return self._messages.get(chat_id, [])

    def write(self, chat_id: int, content: Formatted, *, at_s: float) -> dict[str, Any]:
        """Add a message of the bot and return it in Telegram's format."""
        message = self._message(chat_id, BOT, content.text, at_s)
        if content.entities:
            message["entities"] = [_entity_to_json(asdict(each)) for each in content.entities]
        self._keep({"message": message})
        return message

    def type(self, chat_id: int, text: str, *, at_s: float) -> dict[str, Any]:
        """Add a message of a person and return the bot's update about it."""
        person = {"id": abs(chat_id), "is_bot": False, "first_name": f"Person {abs(chat_id)}"}
        message = self._message(chat_id, person, text, at_s)
        if text.startswith("/"):
            length = utf16_length(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        update = {"update_id": self._last_update_id + 1, "message": message}
        self._keep({"update": update})
        return update

    def updates(self, *, offset: int, limit: int) -> list[dict[str, Any]]:
        """Delete the updates before offset and return the next ones.

        An offset below 0 counts from the end.
        """
        if offset < 0 and self._updates:
            offset = self._updates[max(0, len(self._updates) + offset)]["update_id"]
        if self._updates and offset > self._updates[0]["update_id"]:
            self._keep({"confirmed": offset})
        return self._updates[:limit]

    def _message(
        self, chat_id: int, sender: Mapping[str, Any], text: str, at_s: float
    ) -> dict[str, Any]:
        return {
            "message_id": self._last_message_id + 1,
            "from": dict(sender),
            "chat": chat_to_json(chat_id),
            "date": int(at_s),
            "text": text,
        }

    def _keep(self, change: dict[str, Any]) -> None:
        self._file.write(json.dumps(change, ensure_ascii=False) + "\n")
        self._apply(change)

    def _replay(self, path: Path) -> None:
        """Read the file. A partial last line, from a killed sandbox, is removed."""
        with path.open("r+b") as lines:
            whole = 0
            for line in lines:
                if line.endswith(b"\n"):
                    whole += len(line)
                    self._apply(json.loads(line))
            lines.truncate(whole)

    def _apply(self, change: dict[str, Any]) -> None:
        if "confirmed" in change:
            self._updates = [
                each for each in self._updates if each["update_id"] >= change["confirmed"]
            ]
            return
        if "update" in change:
            self._updates.append(change["update"])
            self._last_update_id = change["update"]["update_id"]
        message = change["update"]["message"] if "update" in change else change["message"]
        self._messages[message["chat"]["id"]].append(message)
        self._last_message_id = message["message_id"]


def _entity_to_json(entity: dict[str, Any]) -> dict[str, Any]:
    shown = {"type": entity["kind"], "offset": entity["offset"], "length": entity["length"]}
    return {**shown, "url": entity["url"]} if entity["url"] else shown
