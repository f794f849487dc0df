"""Liveness by a file that the role's own loop touches."""

import time
from pathlib import Path

STALE_AFTER_S = 30.0
"""Seconds without a touch after which a role counts as hung."""

DEFAULT_STATE_DIR = Path("/tmp/shipyard")  # noqa: S108  # health files only


class Heartbeat:
    """Touches <state_dir>/<service>.<role>.alive; remove() makes the health check fail at once."""

    def __init__(self, state_dir: Path, service: str, role: str) -> None:
        self.state_dir = state_dir
        self._path = heartbeat_path(state_dir, service, role)

    def touch(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch()

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def heartbeat_path(state_dir: Path, service: str, role: str) -> Path:
    return state_dir / f"{service}.{role}.alive"


def heartbeats(state_dir: Path) -> list[Path]:
    """List the roles that have begun, by their files."""
    return sorted(state_dir.glob("*.alive"))


def unhealthy_reason(path: Path, *, stale_after_s: float = STALE_AFTER_S) -> str | None:
    """Why the role counts as dead, or None while its last touch is fresh."""
    try:
        age_s = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return f"no heartbeat at {path}"
    return f"last heartbeat {age_s:.0f} s ago" if age_s > stale_after_s else None
