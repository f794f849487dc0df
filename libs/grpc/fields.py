"""Checks of single fields of a request."""

from uuid import UUID

from libs.errors import InvalidInput


def uuid_from_text(field: str, text: str) -> UUID:
    """Parse a UUID in canonical form, upper or lower case. Raises InvalidInput with the field."""
    try:
        parsed = UUID(text)
    except ValueError:
        parsed = None
    if parsed is None or str(parsed) != text.lower():
        raise InvalidInput(f"{field}: {text[:64]!r} is not a uuid")
    return parsed
