import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from deploy.local.daemon import Running
from tests.chaos.supervising import Supervised

RELAY, HTTP = "order-relay", "order-http"


class FakeDaemon:
    """Says what a test lets it say."""

    address = "http://127.0.0.1:9"

    def __init__(self) -> None:
        self.pids = {RELAY: 1, HTTP: 2}

    def processes(self) -> Sequence[Running]:
        return [
            Running(group="order", name=name, state="RUNNING", pid=pid, exit_code=0, uptime_s=9)
            for name, pid in self.pids.items()
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
    daemon.pids["order-consumer"] = 3

    assert roles.deaths() == []


def test_another_process_of_the_name_or_none_is_a_death(
    daemon: FakeDaemon, roles: Supervised
) -> None:
    daemon.pids = {RELAY: 9, HTTP: 0}

    assert roles.deaths() == [HTTP, RELAY]


def test_who_was_killed_is_excused_until_it_is_watched_again(
    daemon: FakeDaemon, victim: int
) -> None:
    daemon.pids[RELAY] = victim
    roles = Supervised(daemon)
    roles.watch()

    roles.kill(RELAY)
    daemon.pids[RELAY] = os.getpid()
    assert roles.deaths() == []

    roles.watch()
    daemon.pids[RELAY] = 9
    assert roles.deaths() == [RELAY]


def test_one_who_was_killed_is_not_taken_for_alive_while_supervisor_still_names_it(
    daemon: FakeDaemon, roles: Supervised
) -> None:
    roles.excuse(RELAY, ended=daemon.pids[RELAY])
    names = iter([RELAY, RELAY, RELAY])
    said = daemon.processes

    def comes_back() -> Sequence[Running]:
        if next(names, None) is None:
            daemon.pids[RELAY] = 9
        return said()

    daemon.processes = comes_back  # type: ignore[method-assign]
    roles.watch()

    assert roles.deaths() == []
