"""The control API for a person or a test: write messages, read them, inject faults."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from deploy.telegram_sandbox.bot_api import BotApi
from deploy.telegram_sandbox.chats import ChatNotFound, Chats, chat_id_from_text
from deploy.telegram_sandbox.faults import FaultBook, FaultKind, Seconds, fault_from_json
from deploy.telegram_sandbox.http import HTML, JSON, Request, Response, json_response

CHAT_MESSAGES = re.compile(r"/sandbox/chats/([^/]+)/messages")

Refuse = Callable[[float], object]
"""Refuse all connections for that many seconds."""


class Control:
    """Answers / and /sandbox/*."""

    def __init__(
        self, chats: Chats, faults: FaultBook, api: BotApi, *, refuse: Refuse, wall: Seconds
    ) -> None:
        self._chats = chats
        self._faults = faults
        self._api = api
        self._refuse = refuse
        self._wall = wall

    def __call__(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except (ValueError, TypeError, ChatNotFound) as error:
            return json_response({"error": str(error) or "chat not found"}, status=400)

    def _answer(self, request: Request) -> Response:
        if found := CHAT_MESSAGES.fullmatch(request.path):
            return self._messages(request, chat_id_from_text(found[1]))
        match request.method, request.path:
            case "GET", "/":
                return Response(body=self._page().encode(), content_type=HTML)
            case "GET", "/sandbox/calls":
                return json_response(dict(self._api.calls))
            case "GET", "/sandbox/sends":
                return json_response([asdict(send) for send in self._api.sends])
            case _, "/sandbox/faults":
                return self._trouble(request)
        return json_response({"error": "not found"}, status=404)

    def _trouble(self, request: Request) -> Response:
        if request.method == "POST":
            return self._break(request)
        if request.method == "DELETE":
            self._faults.clear()
        return json_response([asdict(fault) for fault in self._faults.in_force()])

    def _messages(self, request: Request, chat_id: int) -> Response:
        if request.method == "POST":
            text = str(request.json().get("text", ""))
            if not text.strip():
                raise ValueError("text is empty")
            update = self._chats.type(chat_id, text, at_s=self._wall())
            self._api.tell_news()
            return json_response(update, status=201)
        messages = self._chats.messages(chat_id)
        if JSON in request.headers.get("accept", ""):
            return json_response(messages)
        return Response(body="".join(map(_message_to_text, messages)).encode())

    def _break(self, request: Request) -> Response:
        fault = fault_from_json({"accept": False, **request.json()})
        if fault.kind is FaultKind.REFUSE:
            asyncio.get_running_loop().call_later(0.05, self._refuse, fault.seconds or 1.0)
        else:
            self._faults.add(fault)
        return json_response(asdict(fault), status=201)

    def _page(self) -> str:
        """Link to each chat's messages. Ids are numbers, so nothing needs to be escaped."""
        chats = [
            f'<li><a href="/sandbox/chats/{chat_id}/messages">chat {chat_id}</a>:'
            f" {len(self._chats.messages(chat_id))} messages</li>"
            for chat_id in self._chats.ids()
        ]
        listed = f"<ul>{''.join(chats)}</ul>" if chats else "<p>nobody has written yet</p>"
        return f"<!doctype html><title>Telegram sandbox</title><h1>Telegram sandbox</h1>{listed}"


def _message_to_text(message: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(message["date"], UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"[{at}] {message['from']['first_name']}:\n{message['text']}\n\n"
