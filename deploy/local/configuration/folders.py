"""The folders of the local stack: all of them in .local, readable by their owner only."""

from pathlib import Path

ROOT = Path(__file__).parents[3]


class Folders:
    def __init__(self, local: Path = ROOT / ".local") -> None:
        self.local = local
        self.data = local / "data"
        """A folder per engine. `down` keeps it, `clean` deletes it."""
        self.state = local / "state"
        """A folder per role, for its heartbeat."""
        self.log = local / "log"
        self.passwords = local / "passwords.json"
        self.environment = local / "environment.json"
        """The variables with which the stack was started."""
        self.prometheus_targets = local / "prometheus-targets.json"
        """Where a Prometheus finds the metrics of the stack."""
        self.supervisor_configuration = local / "supervisord.conf"
        self.supervisor_pid = local / "supervisord.pid"
        self.lock = local / "up.lock"

    def starts_of(self, program: str) -> Path:
        """Return the file that counts the program's failed starts."""
        return self.state / f"{program}.starts"

    def make(self) -> None:
        for folder in (self.local, self.data, self.state, self.log):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
