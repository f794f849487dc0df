"""Parses Telegram's HTML byte by byte as its servers do, and refuses what they refuse.

Wording and order of the checks follow parse_html of TDLib. As there, unknown entities such as
&copy; are plain text.
"""

from dataclasses import dataclass, field

KIND_OF_TAG = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "span": "spoiler",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
ENTITIES = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
LONGEST_ENTITY = 10
LARGEST_CODE_POINT = 0x10FFFF
SPACES = b" \t\r\n\0\x0b"
ALPHA = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS = frozenset(b"0123456789")
HEX_DIGITS = DIGITS | frozenset(b"abcdefABCDEF")
NAME_TOKEN = ALPHA | DIGITS | frozenset(b".-")
END = 0


class CantParse(Exception):
    """The text is not HTML that Telegram accepts. The message is Telegram's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A formatted part of a message. Offset and length are UTF-16 units."""

    kind: str
    offset: int
    length: int
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    text: str
    entities: tuple[Entity, ...] = ()


@dataclass(slots=True)
class _OpenTag:
    name: str
    offset: int
    url: str


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> Formatted:
    """Return the text without its tags. Raises CantParse."""
    return _Reader(source.encode() + b"\0").read()


@dataclass(slots=True)
class _Reader:
    source: bytes
    """Ends with a NUL byte, like a C string."""
    at: int = 0
    text: bytearray = field(default_factory=bytearray)
    open_tags: list[_OpenTag] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def read(self) -> Formatted:
        while self.at < len(self.source) - 1:
            self._read_one()
        if self.open_tags:
            name = self.open_tags[-1].name
            raise CantParse(f'Can\'t find end tag corresponding to start tag "{name}"')
        return Formatted(text=self.text.decode(), entities=tuple(self.entities))

    def _read_one(self) -> None:
        if self._byte() == ord("&") and (character := self._entity()):
            self.text += character.encode()
        elif self._byte() != ord("<"):
            self.text.append(self._byte())
            self.at += 1
        elif self.source[self.at + 1] == ord("/"):
            self._end_tag()
        else:
            self._start_tag()

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self._until(SPACES + b">").decode().lower()
        if self._byte() == END:
            raise CantParse(f"Unclosed start tag at byte offset {begin}")
        if name not in KIND_OF_TAG:
            raise CantParse(f'Unsupported start tag "{name}" at byte offset {begin}')
        attributes = self._attributes(name, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise CantParse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open_tags.append(_OpenTag(name, self._offset(), attributes.get("href", "")))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self._skip_spaces()
            if self._byte() == ord(">"):
                self.at += 1
                return found
            name = self._attribute_name(tag, begin)
            found[name] = self._attribute_value(tag, begin)

    def _attribute_name(self, tag: str, begin: int) -> str:
        name = self._until(SPACES + b"=>").decode()
        if not name:
            raise CantParse(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        return name

    def _attribute_value(self, tag: str, begin: int) -> str:
        self._skip_spaces()
        if self._byte() not in (ord("="), END):
            return ""
        self.at += self._byte() == ord("=")
        self._skip_spaces()
        if self._byte() == END:
            raise CantParse(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._quoted() if self._byte() in b"'\"" else self._name_token()
        if self._byte() == END:
            raise CantParse(f"Unclosed start tag at byte offset {begin}")
        return value

    def _name_token(self) -> str:
        begin = self.at
        while self._byte() in NAME_TOKEN:
            self.at += 1
        if self._byte() not in SPACES + b">":
            raise CantParse(f"Unexpected end of name token at byte offset {begin}")
        return self.source[begin : self.at].decode().lower()

    def _quoted(self) -> str:
        quote = self._byte()
        self.at += 1
        value = bytearray()
        while self._byte() not in (quote, END):
            if self._byte() == ord("&") and (character := self._entity()):
                value += character.encode()
            else:
                value.append(self._byte())
                self.at += 1
        if self._byte() == quote:
            self.at += 1
        return value.decode()

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open_tags:
            raise CantParse(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        name = self._until(SPACES + b">").decode()
        self._skip_spaces()
        if self._byte() != ord(">"):
            raise CantParse(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.open_tags.pop()
        if name and name != opened.name:
            raise CantParse(
                f"Unmatched end tag at byte offset {begin}, "
                f'expected "</{opened.name}>", found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _OpenTag) -> None:
        kind, offset = KIND_OF_TAG[opened.name], opened.offset
        if length := self._offset() - offset:
            self.entities.append(Entity(kind=kind, offset=offset, length=length, url=opened.url))

    def _entity(self) -> str:
        """Return the character of the entity here and skip it; "" if there is none."""
        end = self.at + 1
        if self.source[end] == ord("#"):
            character, end = self._numeric(end + 1)
        else:
            while self.source[end] in ALPHA:
                end += 1
            character = ENTITIES.get(self.source[self.at + 1 : end], "")
        if character:
            self.at = end + (self.source[end] == ord(";"))
        return character

    def _numeric(self, start: int) -> tuple[str, int]:
        base, digits = (16, HEX_DIGITS) if self.source[start] == ord("x") else (10, DIGITS)
        start += base == 16  # noqa: PLR2004  # the x is stepped over
        end = start
        while self.source[end] in digits:
            end += 1
        code = int(self.source[start:end] or b"0", base)
        usable = 0 < code < LARGEST_CODE_POINT and end - self.at < LONGEST_ENTITY
        return (chr(code) if usable else ""), end

    def _until(self, stops: bytes) -> bytes:
        begin = self.at
        while self._byte() not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def _skip_spaces(self) -> None:
        while self._byte() != END and self._byte() in SPACES:
            self.at += 1

    def _byte(self) -> int:
        return self.source[self.at]

    def _offset(self) -> int:
        return utf16_length(self.text.decode())
