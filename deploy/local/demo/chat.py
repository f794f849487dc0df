"""Reads the messages of the chat from the Telegram sandbox."""

import httpx


class SandboxChat:
    """A chat of the sandbox. new_text() leaves out messages from before it was created."""

    def __init__(self, sandbox_url: str, chat_id: str) -> None:
        self._address = f"{sandbox_url}/sandbox/chats/{chat_id}/messages"
        self._seen = len(self._messages())

    def new_messages(self) -> list[str]:
        return [str(message["text"]) for message in self._messages()[self._seen :]]

    def _messages(self) -> list[dict[str, object]]:
        json = {"Accept": "application/json"}
        reply = httpx.get(self._address, headers=json, timeout=5, trust_env=False)
        reply.raise_for_status()
        messages: list[dict[str, object]] = reply.json()
        return messages
