from tests.chaos.judging.invariants import LARGEST_ROLE_MIB
from tests.chaos.soak import Process, grown, swelled

HTTP = Process("order-http", 7)
STARTED_AGAIN = Process("order-http", 8)

WARMING_UP = {HTTP: 40.0}
FLAT = {HTTP: 70.0}


def test_a_role_that_stays_as_large_as_it_was_is_flat() -> None:
    assert list(grown([WARMING_UP, FLAT, {HTTP: 76.0}])) == []


def test_a_role_that_takes_a_tenth_more_in_the_last_third_has_grown() -> None:
    (complaint,) = grown([WARMING_UP, FLAT, {HTTP: 78.0}])

    assert complaint == "order-http grew from 70.0 to 78.0 MiB"


def test_a_single_peak_is_not_growth() -> None:
    peak = {HTTP: 200.0}

    assert list(grown([*[WARMING_UP] * 3, *[FLAT] * 3, FLAT, peak, FLAT])) == []


def test_a_restarted_role_is_compared_only_with_itself() -> None:
    assert list(grown([FLAT, {STARTED_AGAIN: 40.0}, {HTTP: 70.0}])) == []
    assert list(grown([FLAT, {HTTP: 90.0, STARTED_AGAIN: 40.0}, {STARTED_AGAIN: 50.0}])) == [
        "order-http grew from 40.0 to 50.0 MiB"
    ]


def test_a_role_that_was_started_late_is_still_warming_up() -> None:
    late = [{HTTP: 70.0}, {STARTED_AGAIN: 40.0}]

    assert list(grown([FLAT, FLAT, *late, {STARTED_AGAIN: 70.0}, {STARTED_AGAIN: 70.0}])) == []


def test_a_single_peak_above_what_any_role_may_take_is_too_much() -> None:
    peak = {HTTP: LARGEST_ROLE_MIB + 1}

    assert list(swelled([FLAT, peak, FLAT])) == ["order-http took 161.0 MiB"]
    assert list(swelled([FLAT])) == []
