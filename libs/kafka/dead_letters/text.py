"""Dead letters as text for a terminal or a pipe."""

from collections.abc import Sequence

from libs.kafka.dead_letters.stored import Letter

COLUMNS = ("LETTER", "FROM", "AT", "BYTES", "KEY", "ERROR")
ERROR_WIDTH = 80
KEY_WIDTH = 36
PREVIEW_BYTES = 256
BYTES_PER_LINE = 16


def letter_table(letters: Sequence[Letter]) -> str:
    """Return a line per letter below a heading, or a sentence if there is none."""
    if not letters:
        return "no dead letters"
    rows = [COLUMNS, *(_row(letter) for letter in letters)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(letter: Letter) -> tuple[str, ...]:
    error = letter.about("error")
    return (
        f"{letter.id} (replayed)" if letter.replayed else str(letter.id),
        f"{letter.about('source-partition')}:{letter.about('source-offset')}",
        letter.about("at"),
        str(len(letter.record.value or b"")),
        _text(letter.record.key)[:KEY_WIDTH],
        error if len(error) <= ERROR_WIDTH else f"{error[: ERROR_WIDTH - 1]}…",
    )


def letter_in_full(letter: Letter) -> str:
    record = letter.record
    lines = [
        f"letter {letter.id} of {record.topic}{' (replayed)' if letter.replayed else ''}",
        f"key     {_text(record.key)}",
        *(f"header  {name}: {_text(value)}" for name, value in record.headers),
        f"value   {_size(record.value)}",
        *_dump(record.value or b""),
    ]
    return "\n".join(lines)


def _size(value: bytes | None) -> str:
    if value is None:
        return "null"
    shown = f", the first {PREVIEW_BYTES}:" if len(value) > PREVIEW_BYTES else ""
    return f"{len(value)} bytes{shown}"


def _dump(value: bytes) -> list[str]:
    preview = value[:PREVIEW_BYTES]
    lines = (
        preview[start : start + BYTES_PER_LINE] for start in range(0, len(preview), BYTES_PER_LINE)
    )
    return [f"  {line.hex(' '):<{BYTES_PER_LINE * 3}} {_printable(line)}" for line in lines]


def _printable(raw: bytes) -> str:
    return "".join(
        chr(byte) if chr(byte).isascii() and chr(byte).isprintable() else "." for byte in raw
    )


def _text(raw: bytes | None) -> str:
    """Return the text in it, without what could move the cursor of a terminal."""
    if raw is None:
        return "null"
    decoded = raw.decode(errors="replace")
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in decoded)
