from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from assembly_service.model.bucket import BUCKET_WIDTH_S, into_buckets
from tests.unit.assembly_service.builders import a_ship

WAITS = st.lists(st.floats(0, 10, allow_nan=False), max_size=60)


def test_ships_due_in_the_same_fifth_of_a_second_share_a_bucket_that_is_due_with_the_last() -> None:
    first, second, third = (a_ship(order_uuid=UUID(int=n)) for n in range(3))

    buckets = into_buckets([(second, 1.39), (third, 1.41), (first, 1.21)])

    assert [(bucket.ships, bucket.countdown_s) for bucket in buckets] == [
        ((second, first), 1.39),
        ((third,), 1.41),
    ]


@given(WAITS)
def test_every_ship_is_in_one_bucket_and_waits_at_most_0_2_s_longer(waits: list[float]) -> None:
    ships = {a_ship(order_uuid=UUID(int=n)): wait_s for n, wait_s in enumerate(waits)}

    buckets = into_buckets(ships.items())

    assert sorted(ship.order_uuid for bucket in buckets for ship in bucket.ships) == sorted(
        ship.order_uuid for ship in ships
    )
    late = [bucket.countdown_s - ships[ship] for bucket in buckets for ship in bucket.ships]
    assert all(0 <= late_s <= BUCKET_WIDTH_S + 1e-9 for late_s in late)
