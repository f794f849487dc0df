import base64
import hashlib
import hmac
from typing import Any

import pytest

from tests.rehearsal.stand_ins.guarded_mongo import Login

HELLO = "n=inventory,r=fyko"


def said(answer: dict[str, Any]) -> dict[str, str]:
    return {part[0]: part[2:] for part in answer["payload"].decode().split(",")}


def last_word(login: Login, password: str) -> bytes:
    """Answer as RFC 5802 has it, for somebody who thinks that this is the password."""
    first = login.start(f"n,,{HELLO}".encode())
    fields = said(first)
    salt = base64.b64decode(fields["s"])
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, int(fields["i"]))
    key = hmac.digest(salted, b"Client Key", "sha256")
    without_proof = f"c=biws,r={fields['r']}"
    message = f"{HELLO},{first['payload'].decode()},{without_proof}".encode()
    signature = hmac.digest(hashlib.sha256(key).digest(), message, "sha256")
    proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
    return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()


@pytest.mark.parametrize(("password", "is_let_in"), [("right", True), ("wrong", False)])
def test_who_knows_the_password_is_let_in(password: str, *, is_let_in: bool) -> None:
    login = Login("inventory", "right")

    answer = login.finish(last_word(login, password))

    assert login.is_done is is_let_in
    assert answer["ok"] == is_let_in


def test_an_unknown_user_is_refused() -> None:
    assert Login("inventory", "right").start(b"n,,n=stranger,r=fyko")["code"] == 18
