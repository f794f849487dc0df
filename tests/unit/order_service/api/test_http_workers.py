"""Which workers the main process starts, how often, and what it says of their health."""

import pytest
from structlog.testing import capture_logs

from libs.health.heartbeat import STALE_AFTER_S
from libs.settings.base import EXIT_BAD_CONFIGURATION
from order_service.api.http.server.workers import (
    ENDS_UNTIL_UNHEALTHY,
    LOOK_EVERY_S,
    PAUSE,
    STEADY_AFTER_S,
    WorkerMisconfigured,
    Workers,
)
from tests.support.monotonic import FakeMonotonic


class FakeProcess:
    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.exit_code: int | None = None

    def poll(self) -> int | None:
        return self.exit_code

    def kill(self) -> None:
        self.exit_code = -9


class Machine:
    """Starts fake processes, each with a heartbeat while it runs and is not silent."""

    def __init__(self, number: int) -> None:
        self.time = FakeMonotonic()
        self.started: list[FakeProcess] = []
        self.silent: set[int] = set()
        self.refusal: OSError | None = None
        self.health = ""
        self.workers = Workers(
            number, self._start, health=self, beating=self._beating, monotonic=self.time
        )

    def touch(self) -> None:
        self.health = "touched"

    def unhealthy(self) -> None:
        self.health = "unhealthy"

    def pass_time(self, seconds: float) -> None:
        """Advance in the steps of the main process, which looks every few seconds."""
        end = self.time() + seconds
        while self.time() < end:
            self.time.advance(min(LOOK_EVERY_S, end - self.time()))
            self.workers.tend()

    def end_newest(self, exit_code: int = -9) -> None:
        self.started[-1].exit_code = exit_code
        self.workers.tend()

    def _start(self, _place: int) -> FakeProcess:
        if self.refusal:
            raise self.refusal
        self.started.append(FakeProcess(len(self.started)))
        return self.started[-1]

    def _beating(self) -> set[int]:
        return {each.pid for each in self.started if each.exit_code is None} - self.silent


@pytest.fixture
def two() -> Machine:
    machine = Machine(2)
    machine.workers.tend()
    return machine


def test_all_workers_are_started_at_once(two: Machine) -> None:
    two.pass_time(60)

    assert len(two.started) == 2
    assert two.health == "touched"


def test_a_dead_worker_is_started_again_after_a_pause(two: Machine) -> None:
    two.end_newest()
    assert len(two.started) == 2
    assert two.workers.pause_s() == PAUSE.first_s

    two.time.advance(two.workers.pause_s())
    two.workers.tend()

    assert len(two.started) == 3
    assert two.workers.pause_s() == LOOK_EVERY_S


def test_an_end_is_logged_once_for_each_incident(two: Machine) -> None:
    with capture_logs() as lines:
        for _ in range(6):
            two.end_newest()
            two.pass_time(PAUSE.longest_s)
        two.pass_time(STEADY_AFTER_S)
        two.end_newest()

    assert [line["event"] for line in lines] == [
        "http_worker_ended",
        "http_worker_keeps_ending",
        "http_worker_steady",
        "http_worker_ended",
    ]


def test_a_worker_that_keeps_ending_makes_the_role_unhealthy_until_it_runs_on(
    two: Machine,
) -> None:
    for _ in range(ENDS_UNTIL_UNHEALTHY):
        two.end_newest()
        two.pass_time(PAUSE.longest_s)
    assert two.health == "unhealthy"

    two.pass_time(STEADY_AFTER_S)

    assert two.health == "touched"


def test_a_worker_that_never_comes_up_makes_the_role_unhealthy(two: Machine) -> None:
    two.silent = {1}
    two.pass_time(STALE_AFTER_S - LOOK_EVERY_S)
    assert two.health == "touched"

    two.pass_time(2 * LOOK_EVERY_S)

    assert two.health == "unhealthy"


def test_before_all_workers_are_up_nothing_is_said_of_health() -> None:
    machine = Machine(2)
    machine.silent = {0, 1}
    machine.workers.tend()

    assert machine.health == ""


def test_a_machine_that_can_start_no_process_is_asked_again(two: Machine) -> None:
    two.refusal = BlockingIOError("Resource temporarily unavailable")
    two.end_newest()
    two.pass_time(60)
    assert len(two.started) == 2

    two.refusal = None
    two.pass_time(PAUSE.longest_s)

    assert len(two.started) == 3


def test_a_worker_that_refuses_its_configuration_ends_the_role(two: Machine) -> None:
    with pytest.raises(WorkerMisconfigured):
        two.end_newest(EXIT_BAD_CONFIGURATION)


def test_a_lost_folder_of_the_health_files_ends_nothing(two: Machine) -> None:
    def lost() -> None:
        raise PermissionError

    two.touch = lost  # type: ignore[method-assign]
    two.pass_time(60)

    assert len(two.started) == 2


def test_only_what_has_not_ended_is_killed(two: Machine) -> None:
    first, second = two.started
    first.exit_code = 0
    assert not two.workers.have_ended()

    two.workers.kill()

    assert (first.exit_code, second.exit_code) == (0, -9)
    assert two.workers.have_ended()
