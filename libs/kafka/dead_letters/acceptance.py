"""An operator's decision to accept malformed records as dead letters, however many."""

from pathlib import Path

FILE_NAME = "malformed-records-accepted"


class Acceptance:
    """A file in the state directory of a consumer: a command writes it, the loops watch it.

    It applies to the loops that have reached the limit at that moment, not to later ones.
    """

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def give(self) -> None:
        """Release the loops that have reached the limit. A repeat is harmless."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._path.touch()

    def given(self) -> tuple[int, int] | None:
        """Return an identity of the last acceptance, unlike any before; None if there is none."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns
