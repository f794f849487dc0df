import math

from tests.bench.ratios import compare
from tests.bench.results import Run
from tests.unit.bench.builders import a_line, a_result, a_run


def a_turn(checkout: str, turn: int, per_s: float) -> Run:
    line = a_line("fast", per_s=per_s, cpu_ms={"kafka": 2.0, "postgres": 1.0})
    return a_run(a_result("cost", line), checkout=checkout, turn=turn)


def test_the_medians_of_all_turns_are_compared() -> None:
    runs = [a_turn("old", turn, 10.0 * turn) for turn in (1, 2, 3)]
    runs += [a_turn("here", turn, 30.0 * turn) for turn in (1, 2, 3)]

    ratios = {each.figure: each.ratio for each in compare(runs, base="old", here="here")}

    assert ratios == {"per s": 3.0, "CPU ms/order": 1.0}


def test_a_figure_that_only_one_checkout_has_is_left_out() -> None:
    runs = [
        a_run(a_result("cost", a_line("slow", per_s=1.0)), checkout="old"),
        a_run(a_result("cost", a_line("fast", per_s=1.0))),
    ]

    assert compare(runs, base="old", here="here") == []


def test_a_figure_that_was_zero_has_no_ratio() -> None:
    runs = [a_turn("old", 1, 0.0), a_turn("here", 1, 1.0)]

    ratios = {each.figure: each.ratio for each in compare(runs, base="old", here="here")}

    assert math.isnan(ratios["per s"])


def test_without_a_base_nothing_is_compared() -> None:
    assert compare([a_turn("here", 1, 1.0)], base="", here="here") == []
