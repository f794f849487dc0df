from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assembly_service.model.bucket import TICK_S, into_buckets
from tests.unit.assembly_service.builders import a_ship

TICK = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

SINCE_TICK_S = 0.1

NOW = TICK.replace(microsecond=100_000)

WAITS = st.lists(st.floats(0, 10, allow_nan=False), max_size=60)

FIRST, SECOND, THIRD = (a_ship(order_uuid=UUID(int=n)) for n in range(3))


def test_ships_that_are_due_between_two_ticks_share_a_bucket_until_the_second_tick() -> None:
    buckets = into_buckets([(SECOND, 1.39), (THIRD, 1.41), (FIRST, 1.21)], now=NOW)

    assert [bucket.ships for bucket in buckets] == [(SECOND, FIRST), (THIRD,)]
    assert SINCE_TICK_S + buckets[0].countdown_s == pytest.approx(6 * TICK_S)


def test_a_ship_alone_is_due_at_its_own_time() -> None:
    (bucket,) = into_buckets([(FIRST, 1.3)], now=NOW)

    assert bucket.countdown_s == 1.3


def test_ships_that_are_due_already_wait_for_no_tick() -> None:
    due, later = into_buckets([(FIRST, 0.0), (THIRD, 0.01), (SECOND, 0.0)], now=NOW)

    assert (due.ships, due.countdown_s) == ((FIRST, SECOND), 0.0)
    assert later.ships == (THIRD,)


@given(WAITS, st.integers(0, 999_999))
def test_every_ship_is_in_one_bucket_and_waits_at_most_a_tick_longer(
    waits: list[float], microsecond: int
) -> None:
    ships = {a_ship(order_uuid=UUID(int=n)): wait_s for n, wait_s in enumerate(waits)}

    buckets = into_buckets(ships.items(), now=TICK.replace(microsecond=microsecond))

    assert sorted(ship.order_uuid for bucket in buckets for ship in bucket.ships) == sorted(
        ship.order_uuid for ship in ships
    )
    late = [bucket.countdown_s - ships[ship] for bucket in buckets for ship in bucket.ships]
    assert all(0 <= late_s <= TICK_S + 1e-9 for late_s in late)
