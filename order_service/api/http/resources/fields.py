"""Fields that accept exactly what the OpenAPI document says; marshmallow's own accept more."""

import re
from typing import Any
from uuid import UUID

from marshmallow import fields

from order_service.converter.rest import CURSOR_PATTERN

CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

CURSOR = re.compile(CURSOR_PATTERN)

DIGITS = re.compile(r"[0-9]{1,9}")


class CanonicalUUID(fields.UUID):
    """Refuses braces, urn: and missing hyphens."""

    def _validated(self, value: Any) -> UUID:
        if not isinstance(value, str) or not CANONICAL_UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return UUID(value)


class Cursor(fields.String):
    """Refuses a line end after the cursor, which marshmallow's Regexp accepts."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not CURSOR.fullmatch(text):
            raise self.make_error("invalid")
        return text


class PlainInteger(fields.Integer):
    """Refuses signs, spaces, underscores and non-ASCII digits."""

    def _validated(self, value: Any) -> int:
        if not isinstance(value, str) or not DIGITS.fullmatch(value):
            raise self.make_error("invalid")
        return int(value)
