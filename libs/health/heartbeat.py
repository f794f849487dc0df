"""A heartbeat file that the loop of a role touches; the health check reads its age."""

import fcntl
import os
import time
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

STALE_AFTER_S = 30.0
"""Seconds without a touch after which a process counts as hung."""

DEFAULT_STATE_DIR = Path("/tmp/shipyard")  # noqa: S108  # health files only

UNHEALTHY_AT = (0, 0)
"""Access and modification time, in seconds since 1970, of a process that reports a problem."""


class Heartbeat:
    """Touches a file of this process, <state_dir>/<service>.<role>.<process>.alive.

    The process locks the file while it lives. So the file of a dead process is ignored, and
    replicas of a role that share a state_dir do not hide each other.
    """

    def __init__(self, state_dir: Path, service: str, role: str) -> None:
        self.state_dir = state_dir
        self.name = f"{service}.{role}"
        self._file: int | None = None

    def touch(self) -> None:
        os.utime(self._locked_file())

    def unhealthy(self) -> None:
        """Make the health check fail at once, until the next touch."""
        os.utime(self._locked_file(), UNHEALTHY_AT)

    def _locked_file(self) -> int:
        """Return the open file; create a new one if there is none or it was removed."""
        if self._file is not None and os.fstat(self._file).st_nlink:
            return self._file
        self.state_dir.mkdir(parents=True, exist_ok=True)
        _remove_files_of_the_dead(self.state_dir, self.name)
        self.close()
        while self._file is None:
            name = f"{self.name}.{os.getpid()}-{os.urandom(4).hex()}.alive"
            file = os.open(self.state_dir / name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                self._file = file
            else:  # a replica that starts at the same moment took it for a dead process's file
                os.close(file)
        return self._file

    def close(self) -> None:
        """Release the lock, as the end of the process does. The role then counts as not alive."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def roles_begun(state_dir: Path) -> set[str]:
    """Name the roles that left a heartbeat in state_dir, as <service>.<role>."""
    return {".".join(path.name.split(".")[:2]) for path in state_dir.glob("*.alive")}


def unhealthy_reason(state_dir: Path, name: str) -> str | None:
    """Return why the role <service>.<role> is unhealthy; None if all replicas are healthy."""
    touches = last_touches(state_dir, name)
    if not touches:
        return f"no heartbeat in {state_dir}"
    process, touched_at = min(touches.items(), key=itemgetter(1))
    pid = process.partition("-")[0]
    if touched_at == UNHEALTHY_AT[1]:
        return f"process {pid} reports a problem: see its log"
    age_s = time.time() - touched_at
    return f"last heartbeat of process {pid} {age_s:.0f} s ago" if age_s > STALE_AFTER_S else None


def last_touches(state_dir: Path, name: str) -> dict[str, float]:
    """Return the last heartbeat of each living process of the role, in seconds since 1970."""
    files = state_dir.glob(f"{name}.*.alive")
    return {path.suffixes[-2][1:]: touch for path in files for touch in _last_touch(path)}


def _last_touch(path: Path) -> Iterator[float]:
    """Return None if the process that created this file is dead."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        yield os.fstat(file).st_mtime
    finally:
        os.close(file)


def _remove_files_of_the_dead(state_dir: Path, name: str) -> None:
    for path in state_dir.glob(f"{name}.*.alive"):
        if not list(_last_touch(path)):
            path.unlink(missing_ok=True)
