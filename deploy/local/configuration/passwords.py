"""Passwords of the local engines: random, created once, readable by this user only."""

import json
import random
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from deploy.local.engines.files import write_private


def _bot_token() -> str:
    return f"{random.SystemRandom().randrange(10**8, 10**9)}:{secrets.token_hex(18)[:35]}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Passwords:
    postgres: str = field(default_factory=secrets.token_urlsafe)
    order: str = field(default_factory=secrets.token_urlsafe)
    notification: str = field(default_factory=secrets.token_urlsafe)
    redis: str = field(default_factory=secrets.token_urlsafe)
    supervisor: str = field(default_factory=secrets.token_urlsafe)
    telegram: str = field(default_factory=_bot_token)
    """Looks like a bot's token; only the sandbox knows it."""


def read_or_make_passwords(path: Path) -> Passwords:
    """Return the passwords of the existing data; create the missing ones at the first call."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    passwords = Passwords(**known)
    if asdict(passwords) != known:
        write_private(path, json.dumps(asdict(passwords)))
    return passwords
