"""Questions to servers that may be away."""

from threading import Event

import pytest

from deploy.shipyard.asking import Question, ask, ask_all
from deploy.shipyard.exits import Away, ExitCode
from libs.errors import NotFound, Unavailable


def fail() -> None:
    raise Unavailable("connection refused\nand a second line")


def test_a_server_that_fails_is_named_in_one_line() -> None:
    with pytest.raises(Away, match=r"^Redis is away: connection refused$") as raised:
        ask("Redis", fail)

    assert raised.value.code is ExitCode.AWAY


def test_a_server_that_hangs_is_left_behind() -> None:
    forever = Event()

    with pytest.raises(Away, match="Kafka is away: it does not answer in time"):
        Question("Kafka", forever.wait).answer(timeout_s=0.01)

    forever.set()


def test_an_answer_that_is_no_is_passed_on() -> None:
    def look() -> None:
        raise NotFound("no such order")

    with pytest.raises(NotFound):
        ask("the order database", look)


def test_the_others_answer_while_one_is_away() -> None:
    answers, away = ask_all({"Redis": fail, "Kafka": lambda: 7})

    assert answers == {"Kafka": 7}
    assert [each.server for each in away] == ["Redis"]
