"""Dead letters as text for a terminal or a pipe."""

from collections.abc import Sequence

from libs.kafka.dead_letters.stored import StoredDeadLetter

COLUMNS = ("ID", "FROM", "AT", "BYTES", "KEY", "ERROR")
ERROR_WIDTH = 80
KEY_WIDTH = 36
PREVIEW_BYTES = 256
BYTES_PER_LINE = 16


def dead_letter_table(dead_letters: Sequence[StoredDeadLetter]) -> str:
    """Return a table with a line per dead letter, or a sentence if there is none."""
    if not dead_letters:
        return "no dead letters"
    rows = [COLUMNS, *(_row(dead_letter) for dead_letter in dead_letters)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(dead_letter: StoredDeadLetter) -> tuple[str, ...]:
    error = dead_letter.about("error")
    return (
        f"{dead_letter.id} (replayed)" if dead_letter.replayed else str(dead_letter.id),
        f"{dead_letter.about('source-partition')}:{dead_letter.about('source-offset')}",
        dead_letter.about("at"),
        str(len(dead_letter.record.value or b"")),
        _text(dead_letter.record.key)[:KEY_WIDTH],
        error if len(error) <= ERROR_WIDTH else f"{error[: ERROR_WIDTH - 1]}…",
    )


def dead_letter_in_full(dead_letter: StoredDeadLetter) -> str:
    record = dead_letter.record
    replayed = " (replayed)" if dead_letter.replayed else ""
    lines = [
        f"dead letter {dead_letter.id} of {record.topic}{replayed}",
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
    """Return the bytes as text, without characters that control a terminal."""
    if raw is None:
        return "null"
    decoded = raw.decode(errors="replace")
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in decoded)
