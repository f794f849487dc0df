"""Roles that must outlive what happens around them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.chaos.scenario import Fault, Stage


@contextmanager
def nobody_dies(stage: Stage) -> Iterator[None]:
    """Complain of every role that supervisor had to start again meanwhile."""
    before = _pids(stage)
    yield
    stage.complaints.extend(deaths(before, _pids(stage)))


def survived(fault: Fault) -> Fault:
    """Return a fault of which nobody may die."""

    def guarded(stage: Stage) -> int:
        with nobody_dies(stage):
            return fault(stage)

    return guarded


def deaths(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    return [f"{name} died" for name, pid in before.items() if after.get(name) != pid]


def _pids(stage: Stage) -> dict[str, int]:
    return {name: stage.roles.pid(name) for name in stage.roles.names()}
