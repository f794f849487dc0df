"""Fields that take exactly what the document says, where marshmallow's own take more."""

import re
from typing import Any
from uuid import UUID

from marshmallow import fields

CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

DIGITS = re.compile(r"[0-9]{1,9}")


class CanonicalUUID(fields.UUID):
    """Refuses braces, urn: and missing hyphens."""

    def _validated(self, value: Any) -> UUID:
        if not isinstance(value, str) or not CANONICAL_UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return UUID(value)


class PlainInteger(fields.Integer):
    """Refuses signs, blanks, underscores and digits of other scripts."""

    def _validated(self, value: Any) -> int:
        if not isinstance(value, str) or not DIGITS.fullmatch(value):
            raise self.make_error("invalid")
        return int(value)
