import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from libs.resilience.on_change import QUIET_FOR_S, OncePerIncident, OnChange


@pytest.fixture
def threads_that_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_a_lasting_failure_is_news_once_and_again_after_a_recovery() -> None:
    now_s = 0.0
    incidents = OncePerIncident(lambda: now_s)

    found = []
    for pause_s in (0, QUIET_FOR_S - 1, QUIET_FOR_S, QUIET_FOR_S + 1):
        now_s += pause_s
        found.append(incidents.begins("no leader"))

    assert found == [True, False, False, True]


@pytest.mark.usefixtures("threads_that_take_turns_often")
def test_of_many_threads_with_the_same_failure_one_reports_it() -> None:
    incidents = OncePerIncident()

    def meet(_thread: int) -> int:
        return sum(incidents.begins(f"reason {number}") for number in range(500))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(meet, range(8)))

    assert sum(found) == 500


def test_a_state_is_news_only_when_it_differs_from_the_one_before() -> None:
    reason = OnChange()

    news = [reason.changes_to(each) for each in ("a", "a", "b", "", "")]

    assert news == [True, False, True, True, False]
