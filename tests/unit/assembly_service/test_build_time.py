from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assembly_service.model.build_time import BuildTimes, remaining_s
from tests.unit.assembly_service.builders import EVENT_ID, NOW

ONE_TO_TEN = BuildTimes(min_s=1, max_s=10)


@given(st.uuids())
def test_the_same_event_always_takes_the_same_time(event_uuid: UUID) -> None:
    assert ONE_TO_TEN.of(event_uuid) == ONE_TO_TEN.of(event_uuid)
    assert 1 <= ONE_TO_TEN.of(event_uuid) <= 10


def test_build_times_are_uniform_over_the_range() -> None:
    times = Counter(ONE_TO_TEN.of(uuid5(EVENT_ID, str(n))) for n in range(20_000))

    assert sorted(times) == list(range(1, 11))
    assert all(1_850 < count < 2_150 for count in times.values())


def test_a_range_of_one_value_gives_that_value() -> None:
    assert BuildTimes(min_s=3, max_s=3).of(EVENT_ID) == 3


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [
        pytest.param(0.0, 7.0, id="a new record waits its whole build time"),
        pytest.param(2.5, 4.5, id="a redelivered record waits only for the rest"),
        pytest.param(7.0, 0.0, id="a record that is due does not wait"),
        pytest.param(604_800.0, 0.0, id="a week-old record does not wait"),
        pytest.param(-3600.0, 7.0, id="a clock that runs ahead cannot stretch the wait"),
    ],
)
def test_the_rest_of_the_wait_follows_from_the_record(age_s: float, expected: float) -> None:
    recorded_at = NOW - timedelta(seconds=age_s)

    assert remaining_s(recorded_at, 7, NOW) == expected


@given(
    recorded_at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    build_time_s=st.integers(0, 10),
)
def test_the_wait_is_never_negative_and_never_above_the_build_time(
    recorded_at: datetime, build_time_s: int
) -> None:
    wait_s = remaining_s(recorded_at.replace(tzinfo=NOW.tzinfo), build_time_s, NOW)

    assert 0.0 <= wait_s <= build_time_s
