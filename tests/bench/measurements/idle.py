"""Start-up, memory and idle CPU of every process."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.results import Line, Result
from tests.bench.scale import Scale
from tests.bench.stack.system import DOWNSTREAM, System
from tests.bench.statistics import difference

ROLES = (*DOWNSTREAM, "order-http", "inventory-grpc", "payment-grpc", "notification-bot")

ALL = "all"


@dataclass(frozen=True, slots=True)
class _Start:
    seconds: float
    cpu_s: float


def measure_idle(system: System, scale: Scale) -> Result:
    """Measure the stack after its start, before it has had any work; then start each role again."""
    before, begun = system.processes.cpu_s(), time.monotonic()
    time.sleep(scale.idle_s)
    used, seconds = difference(system.processes.cpu_s(), before), time.monotonic() - begun
    idle = {name: each / seconds * 1e3 for name, each in used.items()}
    memory = system.processes.memory_mib()
    starts = {name: _start(system, name) for name in ROLES}
    names = sorted(memory, key=lambda name: -memory[name])
    return Result(
        name="idle",
        title=f"Memory, CPU of {scale.idle_s:.0f} s without work, start-up of one role at a time",
        lines=(_total(memory, idle), *(_line(name, memory, idle, starts) for name in names)),
    )


def _start(system: System, name: str) -> _Start:
    """Stop the role and start it; it has started with its first heartbeat."""
    system.stop([name])
    begun = time.monotonic()
    system.start([name])
    seconds = time.monotonic() - begun
    return _Start(seconds, system.processes.cpu_s()[name])


def _line(
    name: str,
    memory: Mapping[str, float],
    idle: Mapping[str, float],
    starts: Mapping[str, _Start],
) -> Line:
    start = starts.get(name)
    own = {"start s": start.seconds, "start CPU s": start.cpu_s} if start else {}
    figures = {"memory MiB": memory[name], "idle CPU ms/s": idle.get(name, 0.0)}
    return Line(label=name, figures={**figures, **own})


def _total(memory: Mapping[str, float], idle: Mapping[str, float]) -> Line:
    figures = {"memory MiB": sum(memory.values()), "idle CPU ms/s": sum(idle.values())}
    return Line(label=ALL, figures=figures)
