import pytest

from tests.chaos.judging.measures.lateness import Lateness, slower

PROMPT = Lateness(of_orders_s=[0.2] * 20)
SLOW_MACHINE = Lateness(of_orders_s=[0.9] * 20)
NO_ORDERS = Lateness(of_orders_s=[])


def late(*times_s: float | None) -> Lateness:
    return Lateness(of_orders_s=[0.2] * (20 - len(times_s)) + list(times_s))


@pytest.mark.parametrize(
    ("before", "meanwhile", "complaints"),
    [
        pytest.param(PROMPT, late(9.0), 0, id="one late ship of twenty is chance"),
        pytest.param(PROMPT, late(1.1, 1.1), 1, id="more than a second and more than twice"),
        pytest.param(PROMPT, late(None, None), 1, id="never"),
        pytest.param(PROMPT, late(0.9, 0.9), 0, id="less than a second"),
        pytest.param(SLOW_MACHINE, late(1.7, 1.7), 0, id="a slow machine, less than twice"),
        pytest.param(SLOW_MACHINE, late(1.9, 1.9), 1, id="a slow machine, more than twice"),
        pytest.param(PROMPT, NO_ORDERS, 1, id="no orders are no proof"),
        pytest.param(NO_ORDERS, PROMPT, 1, id="no orders before are no proof"),
        pytest.param(late(None, None), PROMPT, 1, id="no ships before are no proof"),
    ],
)
def test_ships_are_slower_when_several_are_much_later_than_before(
    before: Lateness, meanwhile: Lateness, complaints: int
) -> None:
    assert len(slower(before, meanwhile)) == complaints
