"""Which condition a drill begins."""

import pytest
import typer

from tests.drill.__main__ import chosen
from tests.drill.conditions import CONDITIONS


def test_a_seed_chooses_the_same_condition_again_and_others_choose_all() -> None:
    by_seed = [chosen("", seed, every=False) for seed in range(100)]

    assert by_seed == [chosen("", seed, every=False) for seed in range(100)]
    assert {each.name for [each] in by_seed} == {each.name for each in CONDITIONS}


def test_all_are_shown_once_in_an_order_that_the_seed_gives() -> None:
    assert sorted(each.name for each in chosen("", 7, every=True)) == sorted(
        each.name for each in CONDITIONS
    )
    assert chosen("", 7, every=True) != chosen("", 8, every=True)


def test_a_condition_can_be_named_and_an_unknown_one_is_refused() -> None:
    [named] = chosen("rows-locked", 7, every=False)

    assert named.name == "rows-locked"
    with pytest.raises(typer.BadParameter, match="worker-stopped, "):
        chosen("rain", 7, every=False)
