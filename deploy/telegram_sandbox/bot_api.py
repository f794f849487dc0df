"""The methods of the Bot API, with Telegram's checks and wording."""

import asyncio
import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.telegram_sandbox.chats import BOT, ChatNotFound, Chats, chat_id_from_text
from deploy.telegram_sandbox.faults import Fault, FaultBook, FaultKind, Seconds
from deploy.telegram_sandbox.http import ConnectionDropped, Request, Response, json_response
from deploy.telegram_sandbox.limits import Limits
from deploy.telegram_sandbox.markup import CantParse, Formatted, parse_html, utf16_length

LONGEST_TEXT = 4096
"""UTF-16 units of a message after its entities are parsed."""

LONGEST_POLL_S = 50
HANG_S = 60.0
MOST_UPDATES = 100

MOST_SENDS = 500
"""Calls of sendMessage that are remembered."""

TOKEN = re.compile(r"\d{5,12}:[A-Za-z0-9_-]{30,50}")
CALL = re.compile(r"/bot([^/]+)/(\w+)")

FIXED_ANSWERS: Mapping[str, object] = {
    "getme": {**BOT, "can_join_groups": True, "can_read_all_group_messages": False},
    "deletewebhook": True,
    "setmycommands": True,
    "getwebhookinfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
}

Parameters = Mapping[str, str]


@dataclass(eq=False)
class Refused(Exception):
    """The call is answered with an error."""

    status: int
    description: str
    retry_after: int = 0
    migrate_to: int = 0


@dataclass(slots=True)
class Send:
    """A call of sendMessage, received at at_s. Without a status it has no answer (yet)."""

    at_s: float
    text: str = ""
    status: int | None = None
    retry_after_s: int = 0


class BotApi:
    """Answers /bot<token>/<method>. With known_token "" it accepts every well-formed token."""

    def __init__(
        self, chats: Chats, faults: FaultBook, *, known_token: str, clock: Seconds, wall: Seconds
    ) -> None:
        self._chats = chats
        self._faults = faults
        self._known_token = known_token
        self._clock = clock
        self._wall = wall
        self._limits = Limits()
        self._polls = 0
        self._news = asyncio.Event()
        self.calls: Counter[str] = Counter()
        self.sends: deque[Send] = deque(maxlen=MOST_SENDS)
        self._methods: dict[str, Callable[[Parameters], Awaitable[object]]] = {
            "getupdates": self._get_updates,
            "sendmessage": self._send_message,
        }

    async def __call__(self, request: Request) -> Response:
        method = request.path.rpartition("/")[2].lower()
        send = Send(at_s=self._wall())
        if method == "sendmessage":
            self.sends.append(send)
        try:
            result = await self._result(request, method, send)
            response = json_response({"ok": True, "result": result})
        except Refused as refusal:
            response = _refusal_to_response(refusal)
            send.retry_after_s = refusal.retry_after
        send.status = response.status
        self.calls[f"{method} {response.status}"] += 1
        return response

    def tell_news(self) -> None:
        """Wake the call that waits for updates."""
        self._news.set()
        self._news = asyncio.Event()

    async def _result(self, request: Request, method: str, send: Send) -> object:
        call = CALL.fullmatch(request.path)
        if not call or method not in self._methods.keys() | FIXED_ANSWERS.keys():
            raise Refused(404, "Not Found")
        if not self._knows(call[1]):
            raise Refused(401, "Unauthorized")
        try:
            parameters = request.parameters()
        except ValueError as error:
            raise Refused(400, "Bad Request: can't parse parameters") from error
        send.text = parameters.get("text", "")
        fault = self._faults.meet(method, parameters.get("chat_id", ""), send.text)
        if fault and not fault.accept:
            await self._fail(fault)
        answer = self._methods.get(method)
        result = await answer(parameters) if answer else FIXED_ANSWERS[method]
        if fault:
            await self._fail(fault)
        return result

    def _knows(self, token: str) -> bool:
        return token == self._known_token if self._known_token else bool(TOKEN.fullmatch(token))

    async def _fail(self, fault: Fault) -> None:
        if fault.kind is FaultKind.ANSWER:
            raise Refused(
                fault.status,
                fault.wording(),
                retry_after=fault.retry_after,
                migrate_to=fault.migrate_to,
            )
        if fault.kind is FaultKind.HANG:
            await self._faults.hang(HANG_S)
        raise ConnectionDropped

    async def _send_message(self, parameters: Parameters) -> object:
        chat_id = _existing_chat(parameters)
        content = _content(parameters)
        if retry_after := self._limits.accept(chat_id, self._clock()):
            raise Refused(
                429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after
            )
        return self._chats.write(chat_id, content, at_s=self._wall())

    async def _get_updates(self, parameters: Parameters) -> object:
        """Wait for updates; a second caller ends the first one's wait, as at Telegram."""
        offset = int(parameters.get("offset") or 0)
        limit = int(parameters.get("limit") or MOST_UPDATES)
        wait_s = min(float(parameters.get("timeout") or 0), LONGEST_POLL_S)
        self._polls += 1
        mine, until_s = self._polls, self._clock() + wait_s
        self.tell_news()
        while not (updates := self._chats.updates(offset=offset, limit=limit)):
            if not await self._news_before(until_s):
                return []
            if self._polls != mine:
                raise Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
        return updates

    async def _news_before(self, until_s: float) -> bool:
        try:
            await asyncio.wait_for(self._news.wait(), max(0.0, until_s - self._clock()))
        except TimeoutError:
            return False
        return True


def _existing_chat(parameters: Parameters) -> int:
    if not parameters.get("chat_id"):
        raise Refused(400, "Bad Request: chat_id is empty")
    try:
        return chat_id_from_text(parameters["chat_id"])
    except ChatNotFound as error:
        raise Refused(400, "Bad Request: chat not found") from error


def _content(parameters: Parameters) -> Formatted:
    text = parameters.get("text", "")
    if not text:
        raise Refused(400, "Bad Request: message text is empty")
    content = _formatted(text, parameters.get("parse_mode", "").lower())
    if not content.text.strip():
        raise Refused(400, "Bad Request: text must be non-empty")
    if utf16_length(content.text) > LONGEST_TEXT:
        raise Refused(400, "Bad Request: message is too long")
    return content


def _formatted(text: str, parse_mode: str) -> Formatted:
    if not parse_mode:
        return Formatted(text=text)
    if parse_mode != "html":
        raise Refused(400, "Bad Request: unsupported parse_mode")
    try:
        return parse_html(text)
    except CantParse as error:
        raise Refused(400, f"Bad Request: can't parse entities: {error}") from error


def _refusal_to_response(refusal: Refused) -> Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refusal.status,
        "description": refusal.description,
    }
    if refusal.retry_after:
        body["parameters"] = {"retry_after": refusal.retry_after}
    if refusal.migrate_to:
        body["parameters"] = {"migrate_to_chat_id": refusal.migrate_to}
    return json_response(body, status=refusal.status)
