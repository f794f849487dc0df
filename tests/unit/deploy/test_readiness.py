import pytest

from deploy.local.errors import NotReady
from deploy.local.supervision.program import Program
from deploy.local.supervision.readiness import pending_reasons, wait_until_ready
from libs.errors import Unavailable
from tests.support.stepped_time import SteppedTime
from tests.unit.deploy.builders import running


def refuse() -> None:
    raise Unavailable("no heartbeat yet")


ROLE = Program(group="shop", name="role", argv=())
HUNG_ROLE = Program(group="shop", name="role", argv=(), check=refuse)
ONE_SHOT = Program(group="shop", name="role", argv=(), is_one_shot=True)


def test_a_role_that_passes_its_check_is_ready() -> None:
    assert pending_reasons([ROLE], [running("role")]) == {}


def test_a_running_role_that_fails_its_check_is_not_ready() -> None:
    assert pending_reasons([HUNG_ROLE], [running("role")]) == {"role": "no heartbeat yet"}


def test_a_one_shot_is_ready_when_it_has_succeeded() -> None:
    assert pending_reasons([ONE_SHOT], [running("role", "RUNNING")]) == {"role": "has not finished"}
    assert pending_reasons([ONE_SHOT], [running("role", "EXITED", pid=0)]) == {}


def test_a_role_that_ended_is_not_ready() -> None:
    reasons = pending_reasons([ROLE], [running("role", "EXITED", pid=0, exit_code=1)])

    assert reasons == {"role": "is exited after exit code 1"}


def test_waiting_is_announced_once() -> None:
    looks = iter([[], [], [running("role")]])
    said: list[str] = []

    wait_until_ready([ROLE], lambda: next(looks), say=said.append, sleep=SteppedTime().sleep)

    assert said == ["waiting for role"]


def test_waiting_ends_at_once_for_a_bad_configuration() -> None:
    bad = running("role", "EXITED", pid=0, exit_code=78)

    with pytest.raises(NotReady, match="role: has given up after exit code 78"):
        wait_until_ready([ROLE], lambda: [bad], say=print)
