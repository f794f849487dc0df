"""The folders of the local stack: all of them in .local, readable by their owner only."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Folders:
    local: Path = ROOT / ".local"

    @property
    def data(self) -> Path:
        """A folder per engine. `down` keeps it, `clean` deletes it."""
        return self.local / "data"

    @property
    def state(self) -> Path:
        """A folder per role, for its heartbeat."""
        return self.local / "state"

    @property
    def log(self) -> Path:
        return self.local / "log"

    def starts_of(self, program: str) -> Path:
        """Return the file that counts the program's failed starts."""
        return self.state / f"{program}.starts"

    @property
    def passwords(self) -> Path:
        return self.local / "passwords.json"

    @property
    def environment(self) -> Path:
        """The variables with which the stack was started."""
        return self.local / "environment.json"

    @property
    def supervisor_configuration(self) -> Path:
        return self.local / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        return self.local / "supervisord.pid"

    @property
    def lock(self) -> Path:
        return self.local / "up.lock"

    def make(self) -> None:
        for folder in (self.local, self.data, self.state, self.log):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
