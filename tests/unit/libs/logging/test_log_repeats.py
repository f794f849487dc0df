import logging

import pytest

from libs.logging.repeats import NotAgain
from tests.support.monotonic import FakeMonotonic


@pytest.fixture
def not_again(monotonic: FakeMonotonic) -> NotAgain:
    return NotAgain("kafka", monotonic=monotonic)


def passes(not_again: NotAgain, name: str, message: str, *values: object) -> bool:
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, values, None)
    return not_again.filter(record)


def test_a_message_passes_once_a_minute_whatever_its_values(
    not_again: NotAgain, monotonic: FakeMonotonic
) -> None:
    first = passes(not_again, "kafka.cluster", "no node, waiting %s", 0.1)
    second = passes(not_again, "kafka.cluster", "no node, waiting %s", 0.2)

    monotonic.advance(60)

    assert (first, second) == (True, False)
    assert passes(not_again, "kafka.cluster", "no node, waiting %s", 0.3)


def test_numbers_in_a_message_do_not_make_it_a_different_one(not_again: NotAgain) -> None:
    passes(not_again, "kafka.cluster", "no node (backoff 0.31 secs)")

    assert not passes(not_again, "kafka.cluster", "no node (backoff 1.20 secs)")


def test_another_message_or_logger_is_not_suppressed(not_again: NotAgain) -> None:
    passes(not_again, "kafka.cluster", "no node")

    assert passes(not_again, "kafka.cluster", "broker is back")
    assert passes(not_again, "kafka.consumer", "no node")


def test_our_own_lines_may_repeat(not_again: NotAgain) -> None:
    assert all(passes(not_again, "libs.kafka.bridge.loop", "batch_handed_off") for _ in range(2))
