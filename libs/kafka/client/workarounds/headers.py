"""Header names that are not UTF-8: by itself kafka-python can not read their records at all."""

from typing import Any

from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch
from kafka.record.util import decode_varint

FIELDS_BEFORE_KEY = 4
"""Length, attributes, timestamp and offset."""

LAST_ASCII = 0x7F
UNREADABLE = ord("?")


class LenientBatch(DefaultRecordBatch):
    """Reads such a name with ? for each byte above ASCII, and its record as any other."""

    def _read_msg(self, *varints: Any) -> Any:
        begin = self._pos
        try:
            return super()._read_msg(*varints)  # type: ignore[no-untyped-call]  # it has no types
        except UnicodeDecodeError:
            make_names_readable(self._buffer, begin)
            self._pos = begin
            return super()._read_msg(*varints)  # type: ignore[no-untyped-call]  # it has no types


def make_names_readable(buffer: bytearray, begin: int) -> None:
    """Change the names of the record that begins there, where they are not UTF-8."""
    at = begin
    for _ in range(FIELDS_BEFORE_KEY):
        _, at = decode_varint(buffer, at)
    for _ in ("key", "value"):
        at = _end_of_text(buffer, at)
    headers, at = decode_varint(buffer, at)
    for _ in range(headers):
        end = _end_of_text(buffer, at)
        _, at = decode_varint(buffer, at)
        buffer[at:end] = _readable(buffer[at:end])
        at = _end_of_text(buffer, end)


def _end_of_text(buffer: bytearray, at: int) -> int:
    length, at = decode_varint(buffer, at)
    return int(at + max(0, length))


def _readable(name: bytearray) -> bytearray:
    try:
        name.decode()
    except UnicodeDecodeError:
        return bytearray(UNREADABLE if byte > LAST_ASCII else byte for byte in name)
    return name


def read_headers_leniently() -> None:
    """Make every consumer of this process read such records. A repeat changes nothing."""
    memory_records.DefaultRecordBatch = LenientBatch  # type: ignore[attr-defined]  # its only seam
