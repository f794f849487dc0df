"""Idempotency keys, and the answers that are stored for repeats."""

import hashlib
import json
import re
from typing import Any
from uuid import UUID

from order_service.converter.rest import created_to_json
from order_service.model.idempotency import Answer, KeyMalformed
from order_service.model.order import Order

ORDERS_PATH = "/api/v1/orders"

PARTS_PATH = "/api/v1/parts"

MAX_KEY_CHARACTERS = 255

BARE = re.compile(r"[!#-~]+")

QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
"""A quoted string of structured fields (RFC 8941)."""

HEADER_PATTERN = rf'^("[ !#-\[\]-~]{{1,{MAX_KEY_CHARACTERS}}}"|[!#-~]{{1,{MAX_KEY_CHARACTERS}}})$'
"""Pattern for the OpenAPI document; escapes in quotes are accepted too."""


def key_from_header(text: str) -> str:
    """Read a bare or quoted key; both forms mean the same key. Raises KeyMalformed."""
    text = text.strip()
    if quoted := QUOTED.fullmatch(text):
        key = re.sub(r"\\(.)", r"\1", quoted[1])
    elif BARE.fullmatch(text):
        key = text
    else:
        raise KeyMalformed
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS:
        raise KeyMalformed
    return key


def digest_of(*parts: Any) -> bytes:
    """Return a digest of a request's content, independent of field order."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).digest()


def created_answer(order: Order) -> Answer:
    return Answer(
        status=201, body=created_to_json(order), location=f"{ORDERS_PATH}/{order.order_uuid}"
    )


def paid_answer(transaction_uuid: UUID) -> Answer:
    return Answer(status=200, body={"transaction_uuid": str(transaction_uuid)})
