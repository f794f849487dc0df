"""The stack's processes as the system sees them, with or without a supervisor above them."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGTERM, Signals

import psutil

from deploy.local.configuration.folders import Folders

STACK_VARIABLE = "SHIPYARD_STACK"
"""In the environment of every process of the stack: the path of its .local."""


def stack_processes(folders: Folders) -> list[psutil.Process]:
    """Find every process of this stack, also those whose supervisor was killed."""
    marked = [process for process in psutil.process_iter() if _belongs(process, folders)]
    found = {process.pid: process for process in marked}
    for process in marked:
        with contextlib.suppress(psutil.Error):
            found |= {child.pid: child for child in process.children(recursive=True)}
    return list(found.values())


def _belongs(process: psutil.Process, folders: Folders) -> bool:
    """Servers that write their title over their environment are known by their folder."""
    with contextlib.suppress(psutil.Error, OSError):
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get(STACK_VARIABLE) == str(folders.local):
            return True
        return Path(process.cwd()).is_relative_to(folders.data)
    return False


def end_all(folders: Folders, *, timeout_s: float) -> int:
    """Ask every process of the stack to stop, kill what is left after timeout_s; say how many."""
    processes = stack_processes(folders)
    _signal(_supervisors_first(processes), SIGCONT, SIGTERM)
    psutil.wait_procs(processes, timeout=timeout_s)
    left = stack_processes(folders)
    _signal(left, SIGKILL)
    psutil.wait_procs(left, timeout=5)
    return len(processes)


def _supervisors_first(processes: Iterable[psutil.Process]) -> Iterator[psutil.Process]:
    """Order by age: a supervisor that is told to stop restarts nothing."""
    yield from sorted(processes, key=lambda process: process.create_time())


def _signal(processes: Iterable[psutil.Process], *signals: Signals) -> None:
    for process in processes:
        for signal in signals:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal)
