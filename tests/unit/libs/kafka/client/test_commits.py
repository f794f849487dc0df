"""Kafka's own records of commits."""

import struct

from libs.kafka.client.observing.commits import Place, place_of
from libs.kafka.types import TopicPartition


def a_text(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


def a_key(version: int = 1) -> bytes:
    place = a_text("a-group") + a_text("order.paid") + struct.pack(">i", 3)
    return struct.pack(">h", version) + place


def test_the_key_of_a_commit_names_the_group_and_its_partition() -> None:
    assert place_of(a_key()) == Place("a-group", TopicPartition("order.paid", 3))


def test_what_is_no_commit_is_passed_over() -> None:
    assert [place_of(each) for each in (a_key(version=2), a_key()[:-1], b"")] == [None] * 3
