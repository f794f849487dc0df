"""NX-27017 behind a login: SCRAM-SHA-256 for the user of MONGO_INITDB_ROOT_USERNAME and _PASSWORD.

As with MongoDB, a connection without a login may only send hello and ping.
"""

import base64
import hashlib
import hmac
import logging
import os
import secrets
from dataclasses import dataclass, field
from typing import Any

from nx_27017 import daemon, nx_27017  # type: ignore[import-untyped]  # the wheel has no types

ITERATIONS = 4096
OPEN_TO_ALL = ("hello", "Hello", "isMaster", "ismaster", "ping")

Answer = tuple[int, dict[str, Any]]


def refusal(code: int, name: str, message: str) -> dict[str, Any]:
    return {"ok": 0, "code": code, "codeName": name, "errmsg": message}


WRONG_PASSWORD = refusal(18, "AuthenticationFailed", "Authentication failed.")


@dataclass(slots=True)
class Login:
    """The login of one connection: RFC 5802 with SHA-256."""

    user: str
    password: str
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(28))
    started: str = ""
    nonce: str = ""
    is_done: bool = False

    def start(self, payload: bytes) -> dict[str, Any]:
        bare = payload.decode().removeprefix("n,,")
        said = _fields(bare)
        if said.get("n") != self.user:
            return WRONG_PASSWORD
        self.nonce = said["r"] + secrets.token_urlsafe(18)
        salt = base64.b64encode(self.salt).decode()
        first = f"r={self.nonce},s={salt},i={ITERATIONS}"
        self.started = f"{bare},{first}"
        return self._answer(first)

    def finish(self, payload: bytes) -> dict[str, Any]:
        without_proof, _, proof = payload.decode().rpartition(",p=")
        message = f"{self.started},{without_proof}".encode()
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), self.salt, ITERATIONS)
        client_key = _hmac(salted, b"Client Key")
        signature = _hmac(hashlib.sha256(client_key).digest(), message)
        expected = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        if _fields(without_proof).get("r") != self.nonce or not hmac.compare_digest(
            base64.b64decode(proof), expected
        ):
            return WRONG_PASSWORD
        self.is_done = True
        server = base64.b64encode(_hmac(_hmac(salted, b"Server Key"), message)).decode()
        return self._answer(f"v={server}")

    def _answer(self, payload: str) -> dict[str, Any]:
        return {
            "ok": 1,
            "conversationId": 1,
            "done": self.is_done,
            "payload": payload.encode(),
        }


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _fields(message: str) -> dict[str, str]:
    return {part[0]: part[2:] for part in message.split(",") if part[1:2] == "="}


class Guarded(daemon.NeoSQLiteHandler):  # type: ignore[misc]  # the wheel has no types
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._logins: dict[str, Login] = {}

    def handle_insert(self, msg: dict[str, Any]) -> Answer:
        return self._if_let_in(msg, super().handle_insert)

    def handle_command(self, msg: dict[str, Any]) -> Answer:
        command = _body(msg)
        login = self._logins.setdefault(msg["_conn_id"], _new_login())
        number = msg["request_id"]
        if "saslStart" in command:
            return number, login.start(command["payload"])
        if "saslContinue" in command:
            return number, login.finish(command["payload"])
        if not any(name in command for name in OPEN_TO_ALL):
            return self._if_let_in(msg, super().handle_command)
        number, answer = super().handle_command(msg)
        offered = {"saslSupportedMechs": ["SCRAM-SHA-256"]}
        return number, answer | (offered if "saslSupportedMechs" in command else {})

    def close_streams_for_connection(self, conn_id: Any) -> None:
        self._logins.pop(conn_id, None)
        super().close_streams_for_connection(conn_id)

    def _if_let_in(self, msg: dict[str, Any], answer: Any) -> Answer:
        login = self._logins.get(msg["_conn_id"])
        if login is None or not login.is_done:
            return msg["request_id"], refusal(13, "Unauthorized", "requires authentication")
        answered: Answer = answer(msg)
        return answered


def _body(msg: dict[str, Any]) -> dict[str, Any]:
    return next((doc for kind, doc in msg["sections"] if kind == "body"), {})


def _new_login() -> Login:
    return Login(
        user=os.environ["MONGO_INITDB_ROOT_USERNAME"],
        password=os.environ["MONGO_INITDB_ROOT_PASSWORD"],
    )


if __name__ == "__main__":
    logging.disable(logging.INFO)
    daemon.NeoSQLiteHandler = Guarded
    nx_27017.main()
