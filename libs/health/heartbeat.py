"""Liveness by a file that the role's own loop touches."""

import fcntl
import os
import time
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

STALE_AFTER_S = 30.0
"""Seconds without a touch after which a process counts as hung."""

DEFAULT_STATE_DIR = Path("/tmp/shipyard")  # noqa: S108  # health files only

NOT_WELL_AT = (0, 0)
"""Times of access and change, in seconds since 1970, of a process that says that it is not well."""


class Heartbeat:
    """Touches a file of this process, <state_dir>/<service>.<role>.<process>.alive.

    The process holds a lock on it as long as it lives. So the file of a dead process counts for
    nothing, and copies of a role that share a state_dir do not hide each other.
    """

    def __init__(self, state_dir: Path, service: str, role: str) -> None:
        self.state_dir = state_dir
        self._name = f"{service}.{role}"
        self._file: int | None = None

    def touch(self) -> None:
        os.utime(self._locked_file())

    def unwell(self) -> None:
        """Make the health check fail at once, until the next touch."""
        os.utime(self._locked_file(), NOT_WELL_AT)

    def _locked_file(self) -> int:
        """Return the open file; make a new one if none is there, or if somebody removed it."""
        if self._file is not None and os.fstat(self._file).st_nlink:
            return self._file
        self.state_dir.mkdir(parents=True, exist_ok=True)
        _remove_files_of_the_dead(self.state_dir, self._name)
        self.close()
        while self._file is None:
            name = f"{self._name}.{os.getpid()}-{os.urandom(4).hex()}.alive"
            file = os.open(self.state_dir / name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o644)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                self._file = file
            else:  # a copy that begins at the same moment took it for that of a dead process
                os.close(file)
        return self._file

    def close(self) -> None:
        """Release the lock, as the end of the process does: from now on the role is not alive."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def roles_begun(state_dir: Path) -> set[str]:
    """Name the roles that left a heartbeat in state_dir, as <service>.<role>."""
    return {".".join(path.name.split(".")[:2]) for path in state_dir.glob("*.alive")}


def unhealthy_reason(state_dir: Path, name: str) -> str | None:
    """Say why the role <service>.<role> is not well; None while every copy of it is well."""
    touches = last_touches(state_dir, name)
    if not touches:
        return f"no heartbeat in {state_dir}"
    process, touched_at = min(touches.items(), key=itemgetter(1))
    pid = process.partition("-")[0]
    if touched_at == NOT_WELL_AT[1]:
        return f"process {pid} says that it is not well: its log has the reason"
    age_s = time.time() - touched_at
    return f"last heartbeat of process {pid} {age_s:.0f} s ago" if age_s > STALE_AFTER_S else None


def last_touches(state_dir: Path, name: str) -> dict[str, float]:
    """Return when each living process of <service>.<role> moved last, in seconds since 1970."""
    files = state_dir.glob(f"{name}.*.alive")
    return {path.suffixes[-2][1:]: touch for path in files for touch in _last_touch(path)}


def _last_touch(path: Path) -> Iterator[float]:
    """Give nothing if the process that made this file is dead."""
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
