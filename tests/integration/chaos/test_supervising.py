import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from deploy.local.supervision.daemon import Running
from tests.chaos.supervising import Supervised

RELAY, HTTP = "order-relay", "order-http"


class FakeDaemon:
    """Gives scripted answers in order; repeats the last one."""

    address = "http://127.0.0.1:9"

    def __init__(self) -> None:
        self.says: list[dict[str, int]] = [{RELAY: 1, HTTP: 2}]

    def processes(self) -> Sequence[Running]:
        pids = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        return [
            Running(group="order", name=name, state="RUNNING", pid=pid, exit_code=0, uptime_s=9)
            for name, pid in pids.items()
        ]


@pytest.fixture
def daemon() -> FakeDaemon:
    return FakeDaemon()


@pytest.fixture
def roles(daemon: FakeDaemon) -> Supervised:
    supervised = Supervised(daemon)
    supervised.watch()
    return supervised


@pytest.fixture
def victim() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


def test_the_same_process_has_survived(daemon: FakeDaemon, roles: Supervised) -> None:
    daemon.says = [{RELAY: 1, HTTP: 2, "order-consumer": 3}]

    assert roles.deaths() == []


def test_a_missing_or_replaced_process_is_a_death(daemon: FakeDaemon, roles: Supervised) -> None:
    daemon.says = [{RELAY: 9, HTTP: 0}]

    assert roles.deaths() == [HTTP, RELAY]


def test_a_killed_role_is_excused_until_it_is_watched_again(
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


@pytest.mark.parametrize("not_yet", [1, 0])
def test_a_killed_role_is_watched_again_once_supervisor_has_restarted_it(
    daemon: FakeDaemon, roles: Supervised, not_yet: int
) -> None:
    roles.excuse(RELAY, ended=1)
    daemon.says = [*[{RELAY: not_yet, HTTP: 2}] * 3, {RELAY: 8, HTTP: 2}]

    roles.watch()

    assert roles.deaths() == []
    daemon.says = [{RELAY: 9, HTTP: 2}]
    assert roles.deaths() == [RELAY]
