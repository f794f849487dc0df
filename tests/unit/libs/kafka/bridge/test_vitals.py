from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from libs.health.heartbeat import Heartbeat, last_touches, unhealthy_reason
from libs.kafka.bridge.vitals import RoleVitals
from libs.kafka.bridge.watchdog import Watchdog
from tests.support.monotonic import FakeMonotonic

NAME = "notification_service.consumer"


@pytest.fixture
def vitals(tmp_path: Path) -> Iterator[RoleVitals]:
    with closing(Heartbeat(tmp_path, "notification_service", "consumer")) as heartbeat:
        yield RoleVitals(heartbeat, Watchdog(), ["paid", "assembled"])


def test_a_role_is_healthy_once_all_its_bridges_are(vitals: RoleVitals, tmp_path: Path) -> None:
    vitals.of("paid").healthy()
    with_one = last_touches(tmp_path, NAME)
    vitals.of("assembled").healthy()

    assert not with_one
    assert unhealthy_reason(tmp_path, NAME) is None


def test_a_silent_bridge_is_not_covered_by_the_other(vitals: RoleVitals, tmp_path: Path) -> None:
    vitals.of("paid").healthy()
    vitals.of("assembled").healthy()
    first = last_touches(tmp_path, NAME)

    for _ in range(10):
        vitals.of("paid").healthy()

    assert last_touches(tmp_path, NAME) == first


def test_an_unhealthy_bridge_makes_the_role_unhealthy_at_once_until_it_recovers(
    vitals: RoleVitals, tmp_path: Path
) -> None:
    vitals.of("paid").healthy()
    vitals.of("assembled").healthy()

    vitals.of("paid").unhealthy()
    vitals.of("assembled").healthy()
    during = unhealthy_reason(tmp_path, NAME)
    vitals.of("paid").healthy()

    assert during is not None
    assert unhealthy_reason(tmp_path, NAME) is None


def test_the_watchdog_allows_a_slow_start_and_reports_a_loop_that_stopped(
    monotonic: FakeMonotonic,
) -> None:
    barks: list[Sequence[str]] = []
    watchdog = Watchdog(monotonic=monotonic, on_hung=barks.append)
    monotonic.advance(3600)
    watchdog.look()
    watchdog.beat("paid")
    monotonic.advance(59)
    watchdog.beat("assembled")
    watchdog.look()
    early = list(barks)

    monotonic.advance(2)
    watchdog.look()

    assert (early, barks) == ([], [["paid"]])
