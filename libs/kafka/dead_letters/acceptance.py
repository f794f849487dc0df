"""An operator's word that malformed records are to become dead letters, however many there are."""

from pathlib import Path

FILE_NAME = "malformed-records-accepted"


class Acceptance:
    """A file in the state directory of a consumer: written by a command, watched by the loops.

    A word counts for whoever holds still at that moment, and for nobody later.
    """

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def give(self) -> None:
        """Have the loops that hold still go on. A repeat does no harm."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._path.touch()

    def given(self) -> tuple[int, int] | None:
        """Return what tells the last word from all before it; None if there was none."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns
