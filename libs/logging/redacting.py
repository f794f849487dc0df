"""Removes secrets from texts, however they are encoded."""

import html
import re
from collections.abc import Iterator

HIDDEN = "***"

SECRETS = (
    # A Telegram token.
    re.compile(r"(?<!\d)(?P<secret>\d{6,12}:[A-Za-z0-9_-]{30,})"),
    # The password in an address.
    re.compile(r"(?<=://)[^/\s:@]*:(?P<secret>[^/\s@]+)@"),
)

ENCODED = re.compile(
    r"""%(?:25)*(?P<percent>[0-9a-f]{2})
    | &(?:amp;)*(?P<entity>\#\d{1,7};? | \#x[0-9a-f]{1,6};? | [a-z]{2,31};)
    | (?<!\\)\\+(?:
        u(?P<four>[0-9a-f]{4}) | u\{(?P<point>[0-9a-f]{1,6})\} | x(?P<two>[0-9a-f]{2})
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""One character as URLs, HTML, JSON and Python encode it. Percent signs, ampersands and backslashes
may themselves be encoded, any number of times."""

SUSPICIOUS = re.compile(r":[A-Za-z0-9_-]{30}|@|%|&|\\")
"""Found in every text that holds a secret: in a token, an address or an encoded character."""

MOST_LAYERS = 4
"""Nested encodings of different kinds that are decoded."""


def redacted(text: str) -> str:
    """Replace every Telegram token and every password in an address; keep the rest unchanged."""
    shown, end = [], 0
    for begin, until in sorted(_secrets(text)):
        if begin >= end:
            shown += [text[end:begin], HIDDEN]
        end = max(end, until)
    return "".join([*shown, text[end:]])


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """Yield where secrets begin and end in the text."""
    layer, places = text, list(range(len(text) + 1))
    for _ in range(MOST_LAYERS + 1):
        for secret in SECRETS:
            for found in secret.finditer(layer):
                yield places[found.start("secret")], places[found.end("secret")]
        if not ENCODED.search(layer):
            return
        layer, places = _decoded(layer, places)


def _decoded(text: str, places: list[int]) -> tuple[str, list[int]]:
    """Decode once; places maps each character, and the end, to its index in the original."""
    decoded: list[str] = []
    kept: list[int] = []
    end = 0
    for found in ENCODED.finditer(text):
        decoded += [text[end : found.start()], _character(found)]
        kept += [*places[end : found.start()], places[found.start()]]
        end = found.end()
    return "".join([*decoded, text[end:]]), [*kept, *places[end:]]


def _character(found: re.Match[str]) -> str:
    """Return the decoded character, or a space if it cannot be part of a secret."""
    if entity := found["entity"]:
        character = html.unescape(f"&{entity}")
        return character if len(character) == 1 else " "
    code = int(found["percent"] or found["four"] or found["point"] or found["two"], 16)
    return chr(code) if code < 0x80 else " "  # noqa: PLR2004  # secrets are ASCII
