"""Arrays as text, which PostgreSQL reads several times faster than an expression per element."""

from collections.abc import Iterable


def array_text(values: Iterable[object]) -> str:
    """Write an array of values whose text has no quote, comma, brace, blank or backslash.

    Such are numbers, uuids and times in ISO form; None is NULL. The statement casts the text.
    """
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
