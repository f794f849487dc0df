"""Run a program that ends with its owner: owned.py OWNER_PID PROGRAM ARGUMENTS.

The program replaces this process and keeps its pid. A small watcher process kills the program and
its children when the owner has ended in any way.
"""

import contextlib
import os
import sys
import time

import psutil

LOOK_EVERY_S = 0.5


def main() -> None:
    owner = _process(int(sys.argv[1]))
    program = sys.argv[2:]
    owned = psutil.Process()
    middle = os.fork()
    if middle == 0:
        if owner is not None and os.fork() == 0:
            _become_nobodys_child()
            watch(owner, owned)
        os._exit(0)
    os.waitpid(middle, 0)
    if owner is None:
        sys.exit("the owner has ended")
    os.execvp(program[0], program)  # noqa: S606  # the caller's own program


def watch(owner: psutil.Process, owned: psutil.Process) -> None:
    """Return when owned has ended. Kill it and its children if owner ends first."""
    while is_alive(owned):
        if not is_alive(owner):
            kill_tree(owned)
            return
        time.sleep(LOOK_EVERY_S)


def is_alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def kill_tree(process: psutil.Process) -> None:
    """Kill the process first, so that it starts no new children, then its children."""
    with contextlib.suppress(psutil.NoSuchProcess):
        children = process.children(recursive=True)
        process.kill()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


def _process(pid: int) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid)
    return None


def _become_nobodys_child() -> None:
    """Start a new session and close the program's output."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


if __name__ == "__main__":
    main()
