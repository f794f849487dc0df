import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.chaos.supervising import Supervised
from tests.unit.chaos.test_supervising import RELAY, FakeDaemon


@pytest.fixture
def daemon() -> FakeDaemon:
    return FakeDaemon()


@pytest.fixture
def victim() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


def test_who_was_killed_is_excused_until_it_is_watched_again(
    daemon: FakeDaemon, victim: int
) -> None:
    daemon.says = [{RELAY: victim}]
    roles = Supervised(daemon)
    roles.watch()

    roles.kill(RELAY)
    daemon.says = [{RELAY: 8}]
    assert roles.deaths() == []

    roles.watch()
    daemon.says = [{RELAY: 9}]
    assert roles.deaths() == [RELAY]
