import time
from collections.abc import Sequence

import pytest

from tests.chaos.judging.measures.answers import Answer, p95_s, unserved, worse


def answers(*took_s: float, outcome: str = "200") -> Sequence[Answer]:
    asked_at_s = time.monotonic()
    return [
        Answer(request="pay", outcome=outcome, asked_at_s=asked_at_s, took_s=each)
        for each in took_s
    ]


CREATED = Answer(request="create", outcome="201", asked_at_s=0.0, took_s=0.1)


def test_p95_ignores_the_slowest_twentieth() -> None:
    assert p95_s(answers(*range(1, 101))) == 95
    assert p95_s(answers(3.0)) == 3.0


def test_the_same_speed_as_before_is_not_worse() -> None:
    assert list(worse(answers(0.2, 0.3), answers(0.3, 0.59))) == []


def test_some_more_milliseconds_are_not_worse() -> None:
    assert list(worse(answers(0.01), answers(0.2))) == []


def test_more_than_twice_as_slow_is_worse() -> None:
    assert list(worse(answers(0.2), answers(0.41))) == [
        "p95 0.410 s while it was down, 0.200 s before"
    ]


def test_a_refusal_of_a_customer_counts_as_an_answer() -> None:
    assert list(worse(answers(0.1), answers(0.1, outcome="409"))) == []


@pytest.mark.parametrize("outcome", ["500", "503", "ReadTimeout"])
def test_a_failure_is_worse(outcome: str) -> None:
    (complaint,) = worse(answers(0.1), answers(0.1, outcome=outcome))

    assert complaint.startswith(f"pay {outcome} 0.10 s after ")


def test_no_answers_are_worse() -> None:
    assert list(worse(answers(0.1), ())) == ["no call was answered while it was down"]


def test_customers_with_successful_answers_are_served() -> None:
    assert list(unserved([CREATED, *answers(0.1), *answers(0.1, outcome="409")])) == []


@pytest.mark.parametrize("outcome", ["500", "503", "ReadTimeout"])
def test_one_failed_customer_is_one_complaint(outcome: str) -> None:
    (complaint,) = unserved([CREATED, *answers(0.1), *answers(8.0, outcome=outcome)])

    assert complaint.startswith(f"pay {outcome} 8.00 s after ")


def test_customers_who_cannot_even_pay_are_not_served() -> None:
    assert list(unserved([CREATED])) == ["no call got pay 200 after the recovery"]
