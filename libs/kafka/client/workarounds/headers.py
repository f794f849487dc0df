"""Reads records with a header name that is not UTF-8, which kafka-python by itself cannot."""

from typing import Any

from kafka.record import memory_records
from kafka.record.default_records import DefaultRecordBatch
from kafka.record.util import decode_varint

FIELDS_BEFORE_KEY = 4
"""Length, attributes, timestamp and offset."""

LAST_ASCII = 0x7F
UNREADABLE = ord("?")


class LenientBatch(DefaultRecordBatch):
    """Reads each byte above ASCII in such a name as ?; the rest of the record is unchanged."""

    def _read_msg(self, *varints: Any) -> Any:
        begin = self._pos
        try:
            return super()._read_msg(*varints)  # type: ignore[no-untyped-call]  # it has no types
        except UnicodeDecodeError:
            make_names_readable(self._buffer, begin)
            self._pos = begin
            return super()._read_msg(*varints)  # type: ignore[no-untyped-call]  # it has no types


def make_names_readable(buffer: bytearray, begin: int) -> None:
    """Replace header names that are not UTF-8 in the record that begins there."""
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
