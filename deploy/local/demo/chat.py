"""The Telegram messages as the chat received them, read from the sandbox."""

import httpx


class SandboxChat:
    """A chat of the sandbox; new_text() leaves out what was there before it was made."""

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
