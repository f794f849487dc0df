"""Waiting until a stack is quiet."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from libs.errors import AppError
from order_service.model.evidence import Poison, Violation
from tests.chaos.evidence import World
from tests.chaos.looking import violations_of

APART_S = 2.0
"""Seconds between the two looks that must be equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The last look, what was wrong with it, and when the system was first seen like this."""

    world: World
    violations: list[Violation]
    at_s: float


def wait_until_quiet(
    look: Callable[[], World],
    poison: frozenset[Poison],
    *,
    within_s: float,
    apart_s: float = APART_S,
) -> Ending:
    """Return when two looks are equal and nothing is wrong, or with what is wrong after within_s.

    Two equal looks alone are not the end: a task whose worker was killed is silent for a minute.
    """
    deadline = time.monotonic() + within_s
    before: World | None = None
    since_s = time.monotonic()
    while True:
        looked_at_s = time.monotonic()
        try:
            world = look()
        except AppError:
            if looked_at_s > deadline:
                raise
            before = None
            time.sleep(apart_s)
            continue
        if before is None or _comparable(world) != _comparable(before):
            before, since_s = world, looked_at_s
            found = None
        else:
            found = violations_of(world, poison)
        if found == [] or looked_at_s > deadline:
            wrong = violations_of(world, poison) if found is None else found
            return Ending(world=world, violations=wrong, at_s=since_s)
        time.sleep(apart_s)


def _comparable(world: World) -> World:
    """Leave out what moves while nothing happens: memory, and the tasks of a periodic tick."""
    evidence = replace(world.evidence, queues={})
    return replace(world, memory_mib={}, evidence=evidence)
