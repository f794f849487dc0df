from tests.chaos.soak import grown

FLAT = {"order-http": 70.0}
WARMING_UP = {"order-http": 40.0}


def test_a_role_that_stays_as_large_as_it_was_is_flat() -> None:
    assert list(grown([WARMING_UP, FLAT, {"order-http": 76.0}])) == []


def test_a_role_that_takes_a_tenth_more_in_the_last_third_has_grown() -> None:
    (complaint,) = grown([WARMING_UP, FLAT, {"order-http": 78.0}])

    assert complaint == "order-http grew from 70.0 to 78.0 MiB"


def test_a_single_peak_is_not_growth() -> None:
    peak = {"order-http": 200.0}

    assert list(grown([*[WARMING_UP] * 3, *[FLAT] * 3, FLAT, peak, FLAT])) == []
