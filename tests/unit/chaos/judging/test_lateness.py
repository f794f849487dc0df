import pytest

from tests.chaos.judging.measures.lateness import Lateness, slower

PROMPT = Lateness(of_orders_s=[0.2] * 20)
SLOW_MACHINE = Lateness(of_orders_s=[0.9] * 20)


def late(*times_s: float | None) -> Lateness:
    return Lateness(of_orders_s=[0.2] * (20 - len(times_s)) + list(times_s))


def test_one_late_ship_of_twenty_is_chance() -> None:
    assert slower(PROMPT, late(9.0)) == []


@pytest.mark.parametrize("times_s", [(1.1, 1.1), (None, None)])
def test_more_than_a_second_and_more_than_twice_as_late_is_worse(
    times_s: tuple[float | None, ...],
) -> None:
    assert len(slower(PROMPT, late(*times_s))) == 1


def test_less_than_a_second_is_not_noticed() -> None:
    assert slower(PROMPT, late(0.9, 0.9)) == []


def test_a_slow_machine_is_measured_against_itself() -> None:
    assert slower(SLOW_MACHINE, late(1.7, 1.7)) == []
    assert len(slower(SLOW_MACHINE, late(1.9, 1.9))) == 1


def test_no_orders_are_no_proof() -> None:
    assert len(slower(PROMPT, Lateness(of_orders_s=[]))) == 1


def test_nothing_to_compare_with_is_no_proof() -> None:
    assert len(slower(Lateness(of_orders_s=[]), PROMPT)) == 1
    assert len(slower(late(None, None), PROMPT)) == 1
