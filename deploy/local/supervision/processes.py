"""Finds and ends the stack's processes, with or without a supervisor."""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGTERM, Signals

import psutil

from deploy.local.configuration.folders import Folders

STACK_VARIABLE = "SHIPYARD_STACK"
"""A variable in the environment of every process of the stack: the path of its .local."""


def stack_processes(folders: Folders) -> list[psutil.Process]:
    """Find every process of this stack, even if its supervisor was killed."""
    marked = [process for process in psutil.process_iter() if _belongs(process, folders)]
    found = {process.pid: process for process in marked}
    for process in marked:
        with contextlib.suppress(psutil.Error):
            found |= {child.pid: child for child in process.children(recursive=True)}
    return list(found.values())


def _belongs(process: psutil.Process, folders: Folders) -> bool:
    """Servers that overwrite their environment with a title are recognised by their folder."""
    with contextlib.suppress(psutil.Error, OSError):
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get(STACK_VARIABLE) == str(folders.local):
            return True
        return Path(process.cwd()).is_relative_to(folders.data)
    return False


def end_all(folders: Folders, *, timeout_s: float) -> int:
    """Stop every process of the stack, kill the rest after timeout_s; return their number."""
    processes = stack_processes(folders)
    # The supervisor is the oldest; while others stopped before it, it would restart them.
    _signal(sorted(processes, key=psutil.Process.create_time), SIGCONT, SIGTERM)
    psutil.wait_procs(processes, timeout=timeout_s)
    left = stack_processes(folders)
    _signal(left, SIGKILL)
    psutil.wait_procs(left, timeout=5)
    return len(processes)


def _signal(processes: Iterable[psutil.Process], *signals: Signals) -> None:
    for process in processes:
        for signal in signals:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal)
