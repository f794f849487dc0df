import math

import pytest

from tests.bench.statistics import difference, grows, median, percentile


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0)]
)
def test_a_percentile_is_the_value_that_this_share_does_not_exceed(
    share: float, value: float
) -> None:
    assert percentile(range(100, 0, -1), share) == value


def test_the_99th_percentile_of_few_values_is_the_largest() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0


def test_nothing_has_no_percentile_and_no_median() -> None:
    assert math.isnan(percentile([], 0.5))
    assert math.isnan(median([]))


def test_a_median_is_the_middle_or_the_mean_of_the_two_there() -> None:
    assert median([9.0, 1.0, 2.0]) == 2.0
    assert median([9.0, 1.0, 2.0, 4.0]) == 3.0


def test_a_backlog_grows_if_its_end_is_above_its_beginning_by_more_than_the_slack() -> None:
    assert grows([1, 1, 5, 5, 20, 22], slack=10)
    assert not grows([1, 1, 5, 5, 8, 9], slack=10)


def test_a_backlog_that_comes_and_goes_does_not_grow() -> None:
    assert not grows([1, 2, 90, 90, 2, 1], slack=10)


def test_two_looks_show_no_growth() -> None:
    assert not grows([1, 100], slack=10)


def test_a_process_that_started_in_between_counts_in_full_and_one_that_is_gone_not_at_all() -> None:
    assert difference({"old": 5.0, "new": 2.0}, {"old": 3.0, "gone": 4.0}) == {
        "old": 2.0,
        "new": 2.0,
    }
