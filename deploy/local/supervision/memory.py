"""Measures the memory of the stack, process by process.

Measures the proportional set size: a page that n processes share counts as one nth for each, so the
sum is the memory that the stack really uses.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import daemon_of, plan_of_running

MIB = 2**20

SUPERVISOR = "supervisord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    name: str
    pid: int
    bytes: int
    """Memory of the process and all its children."""


def stack_memory(folders: Folders) -> list[Memory]:
    """Measure every process of the running stack, the largest first. Raises NotRunning."""
    daemon = daemon_of(plan_of_running(folders))
    pids = {each.name: each.pid for each in daemon.processes() if each.pid}
    measured = [Memory(name=name, pid=pid, bytes=tree_bytes(pid)) for name, pid in pids.items()]
    supervisor = int(folders.supervisor_pid.read_text(encoding="utf-8"))
    own = Memory(name=SUPERVISOR, pid=supervisor, bytes=tree_bytes(supervisor, but=pids.values()))
    return sorted([*measured, own], key=lambda each: each.bytes, reverse=True)


def total_bytes(memories: Iterable[Memory]) -> int:
    return sum(memory.bytes for memory in memories)


def tree_bytes(pid: int, *, but: Iterable[int] = ()) -> int:
    """Sum the process and its children, leaving out the trees below the given pids."""
    left_out = set(but)
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        children = [child for child in process.children() if child.pid not in left_out]
        return _own_bytes(process) + sum(tree_bytes(child.pid) for child in children)
    return 0


def _own_bytes(process: psutil.Process) -> int:
    """Return the proportional set size; without it, the memory of the process alone."""
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.uss))
