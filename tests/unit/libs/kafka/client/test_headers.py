from collections.abc import Sequence
from typing import Any

from kafka.record.memory_records import MemoryRecords, MemoryRecordsBuilder

from libs.kafka.client.workarounds.headers import read_headers_leniently

NOT_UTF_8 = b"caf\xe9"


class RawName(str):
    """A name whose bytes are not UTF-8."""

    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return NOT_UTF_8


Headers = Sequence[tuple[str, bytes]]


def read_back(*records: tuple[bytes | None, bytes | None, Headers]) -> list[Any]:
    builder = MemoryRecordsBuilder(magic=2, compression_type=0, batch_size=10_000)
    for key, value, headers in records:
        builder.append(timestamp=1, key=key, value=value, headers=headers)
    builder.close()
    read_headers_leniently()
    return list(MemoryRecords(builder.buffer()).next_batch())


def test_only_a_header_name_that_is_not_utf_8_is_read_with_question_marks() -> None:
    headers = [("fine", NOT_UTF_8), (RawName(), NOT_UTF_8), ("müde", b"3")]

    [record] = read_back((NOT_UTF_8, NOT_UTF_8, headers))

    assert record.headers == [("fine", NOT_UTF_8), ("caf?", NOT_UTF_8), ("müde", b"3")]
    assert (record.key, record.value) == (NOT_UTF_8, NOT_UTF_8)


def test_its_neighbours_are_read() -> None:
    strange = [(RawName(), b"")]

    found = read_back((None, b"1", []), (None, None, strange), (None, b"3", strange))

    assert [record.value for record in found] == [b"1", None, b"3"]
