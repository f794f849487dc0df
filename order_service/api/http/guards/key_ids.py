"""How an API key is named where the key itself must not be shown. Imports no web framework."""

import hashlib

KEY_ID_DIGITS = 16


def key_id(key: str) -> str:
    """Return an id for logs and tables that does not reveal the key."""
    return hashlib.sha256(b"id of the API key " + key.encode()).hexdigest()[:KEY_ID_DIGITS]
