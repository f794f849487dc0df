"""Breaks something every minute for half an hour; no process may grow."""

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from statistics import median
from typing import NamedTuple

import psutil

from deploy.local.supervision.memory import MIB
from tests.chaos.faults.engines.engine_faults import freeze_engine, kill_engine
from tests.chaos.faults.role_faults import stop_in_order
from tests.chaos.judging.invariants import LARGEST_ROLE_MIB
from tests.chaos.scenario import Fault, RunningSystem, Scenario
from tests.chaos.stack import ALL_ROLES

MINUTES = 30
MINUTE_S = 60.0
LOOK_EVERY_S = 5.0

GROWS_AT_MOST = 1.1
"""Limit of the median of the last third over that of the second third."""


class Process(NamedTuple):
    role: str
    pid: int


Sample = Mapping[Process, float]
"""The MiB of each process at one moment."""


def soak(system: RunningSystem) -> int:
    """Break something at random every minute and measure the memory of every role."""
    samples: list[Sample] = []
    for _ in range(MINUTES):
        next_at_s = time.monotonic() + MINUTE_S
        system.random.choice(FAULTS)(system)
        while time.monotonic() < next_at_s:
            samples.append(_role_memory(system))
            system.go_on_for(LOOK_EVERY_S)
        system.roles.watch()
    system.complaints.extend(grown(samples))
    system.complaints.extend(swelled(samples))
    return MINUTES


def grown(samples: Sequence[Sample]) -> Iterator[str]:
    """Name each process that uses over a tenth more in the last third than in the second.

    A process that was started in the second third is still warming up and passes.
    """
    third = len(samples) // 3
    before, after = _medians(samples[third : 2 * third]), _medians(samples[2 * third :])
    for process, mib in after.items():
        if process in samples[third] and mib > GROWS_AT_MOST * before[process]:
            yield f"{process.role} grew from {before[process]:.1f} to {mib:.1f} MiB"


def swelled(samples: Sequence[Sample]) -> Iterator[str]:
    """Name each process that ever exceeded the limit of all roles."""
    for process in sorted({process for sample in samples for process in sample}):
        mib = max(sample.get(process, 0.0) for sample in samples)
        if mib > LARGEST_ROLE_MIB:
            yield f"{process.role} took {mib:.1f} MiB"


def _medians(samples: Sequence[Sample]) -> dict[Process, float]:
    by_process = defaultdict(list)
    for sample in samples:
        for process, mib in sample.items():
            by_process[process].append(mib)
    return {process: median(values) for process, values in by_process.items()}


def _role_memory(system: RunningSystem) -> Sample:
    """Measure each role's private memory; shared memory depends on the other processes."""
    memory = {}
    for each in system.roles.processes():
        if each.name in ALL_ROLES and each.pid:
            with contextlib.suppress(psutil.NoSuchProcess):
                mib = psutil.Process(each.pid).memory_full_info().uss / MIB
                memory[Process(each.name, each.pid)] = mib
    return memory


def _kill_role(system: RunningSystem) -> int:
    system.roles.kill(system.random.choice(ALL_ROLES))
    return 1


def _restart_role(system: RunningSystem) -> int:
    name = system.random.choice(ALL_ROLES)
    stop_in_order(system, name)
    system.roles.start(name)
    return 1


def _flush_redis(system: RunningSystem) -> int:
    with system.redis() as redis:
        redis.flushall()
    return 1


def _trouble_telegram(system: RunningSystem) -> int:
    trouble = system.random.choice(({"status": 429, "retry_after": 5}, {"status": 500}))
    system.telegram.break_calls("answer", seconds=5, **trouble)
    return 1


ENGINES = ("redis", "kafka", "postgres", "mongo")

FAULTS: Sequence[Fault] = (
    _kill_role,
    _restart_role,
    _flush_redis,
    _trouble_telegram,
    *(partial(kill_engine, name=name, down_s=5.0) for name in ENGINES),
    *(partial(freeze_engine, name=name, for_s=10.0) for name in ENGINES),
)

SOAK_SCENARIOS = (
    Scenario(
        "soak", "half an hour with a random fault every minute; memory stays flat", soak, per_s=3.0
    ),
)
