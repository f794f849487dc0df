import logging

import pytest

from libs.logging.repeats import NotAgain


class FakeTicks:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def ticks() -> FakeTicks:
    return FakeTicks()


def passes(not_again: NotAgain, name: str, message: str, *values: object) -> bool:
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, values, None)
    return not_again.filter(record)


def test_a_message_passes_once_a_minute_whatever_its_values(ticks: FakeTicks) -> None:
    not_again = NotAgain("kafka", ticks=ticks)
    first = passes(not_again, "kafka.cluster", "no node, waiting %s", 0.1)
    second = passes(not_again, "kafka.cluster", "no node, waiting %s", 0.2)

    ticks.now_s = 60.0

    assert (first, second) == (True, False)
    assert passes(not_again, "kafka.cluster", "no node, waiting %s", 0.3)


def test_numbers_written_into_a_message_make_it_no_other_one(ticks: FakeTicks) -> None:
    not_again = NotAgain("kafka", ticks=ticks)
    passes(not_again, "kafka.cluster", "no node (backoff 0.31 secs)")

    assert not passes(not_again, "kafka.cluster", "no node (backoff 1.20 secs)")


def test_another_message_or_logger_is_not_kept_back(ticks: FakeTicks) -> None:
    not_again = NotAgain("kafka", ticks=ticks)
    passes(not_again, "kafka.cluster", "no node")

    assert passes(not_again, "kafka.cluster", "broker is back")
    assert passes(not_again, "kafka.consumer", "no node")


def test_our_own_lines_may_repeat(ticks: FakeTicks) -> None:
    not_again = NotAgain("kafka", ticks=ticks)

    assert [passes(not_again, "libs.kafka.bridge.loop", "batch_handed_off") for _ in range(2)] == [
        True
    ] * 2
