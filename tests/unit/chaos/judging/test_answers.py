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


@pytest.mark.parametrize(
    ("before", "meanwhile", "complaints"),
    [
        pytest.param(answers(0.2, 0.3), answers(0.3, 0.59), [], id="the same speed"),
        pytest.param(answers(0.01), answers(0.2), [], id="some more milliseconds"),
        pytest.param(answers(0.1), answers(0.1, outcome="409"), [], id="a refusal of a customer"),
        pytest.param(
            answers(0.2),
            answers(0.41),
            ["p95 0.410 s while it was down, 0.200 s before"],
            id="more than twice as slow",
        ),
        pytest.param(answers(0.1), (), ["no call was answered while it was down"], id="no answers"),
    ],
)
def test_only_slow_or_absent_answers_are_worse(
    before: Sequence[Answer], meanwhile: Sequence[Answer], complaints: list[str]
) -> None:
    assert list(worse(before, meanwhile)) == complaints


@pytest.mark.parametrize("outcome", ["500", "503", "ReadTimeout"])
def test_a_failure_is_one_complaint(outcome: str) -> None:
    failed = answers(8.0, outcome=outcome)

    (is_worse,) = worse(answers(8.0), failed)
    (is_unserved,) = unserved([CREATED, *answers(0.1), *failed])

    assert is_worse.startswith(f"pay {outcome} 8.00 s after ")
    assert is_unserved.startswith(f"pay {outcome} 8.00 s after ")


def test_customers_are_served_when_a_payment_succeeds() -> None:
    paid = [*answers(0.1), *answers(0.1, outcome="409")]

    assert list(unserved([CREATED, *paid])) == []
    assert list(unserved([CREATED])) == ["no call got pay 200 after the recovery"]
