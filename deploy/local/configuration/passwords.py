"""Passwords of the local engines: random, created once, readable by this user only."""

import json
import random
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.engines.files import write_private


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Passwords:
    postgres: str
    order: str
    notification: str
    redis: str
    supervisor: str
    telegram: str
    """Looks like a bot's token; only the sandbox knows it."""


def read_or_make_passwords(path: Path) -> Passwords:
    """Return the passwords of the existing data; create the missing ones at the first call."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    passwords = Passwords(**{**asdict(_random_passwords()), **known})
    if asdict(passwords) != known:
        write_private(path, json.dumps(asdict(passwords)))
    return passwords


def _random_passwords() -> Passwords:
    return Passwords(
        postgres=secrets.token_urlsafe(),
        order=secrets.token_urlsafe(),
        notification=secrets.token_urlsafe(),
        redis=secrets.token_urlsafe(),
        supervisor=secrets.token_urlsafe(),
        telegram=f"{random.SystemRandom().randrange(10**8, 10**9)}:{secrets.token_hex(18)[:35]}",
    )
