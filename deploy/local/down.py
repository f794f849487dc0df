"""Stops the stack: roles first, so that they can finish, then their engines."""

import time

from filelock import FileLock

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import daemon_of, plan_of_running
from deploy.local.configuration.programs import ENGINES
from deploy.local.errors import NotRunning
from deploy.local.supervision.daemon import Daemon
from deploy.local.supervision.processes import end_all

ROLES_STOP_TIMEOUT_S = 16.0
"""Longer than supervisor's own timeout of 15 s for one process."""

ENGINES_STOP_TIMEOUT_S = 4.0
"""Without clients an engine stops in a second. After the timeout it is killed, without harm."""

ORPHANS_STOP_TIMEOUT_S = 15.0

LOOK_EVERY_S = 0.1


def bring_down(folders: Folders) -> bool:
    """Stop everything; return False if nothing ran. No process is left afterwards.

    Also stops the processes of a supervisor that has died.
    """
    folders.make()
    with FileLock(folders.lock):
        daemon = daemon_of(plan_of_running(folders))
        has_stopped = daemon.is_running() and _stop_in_order(daemon)
        patience_s = ENGINES_STOP_TIMEOUT_S if has_stopped else ORPHANS_STOP_TIMEOUT_S
        has_ended = end_all(folders, timeout_s=patience_s) > 0
        folders.environment.unlink(missing_ok=True)
        return has_stopped or has_ended


def _stop_in_order(daemon: Daemon) -> bool:
    try:
        groups = {each.group for each in daemon.processes()}
        _stop(daemon, groups - {ENGINES}, timeout_s=ROLES_STOP_TIMEOUT_S)
        _stop(daemon, groups & {ENGINES}, timeout_s=ENGINES_STOP_TIMEOUT_S)
        daemon.shut_down()
    except NotRunning:
        return False
    return True


def _stop(daemon: Daemon, groups: set[str], *, timeout_s: float) -> None:
    for group in groups:
        daemon.ask_to_stop(group)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if not any(each.pid for each in daemon.processes() if each.group in groups):
            return
        time.sleep(LOOK_EVERY_S)
