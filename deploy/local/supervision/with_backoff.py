"""Start a program with back-off: with_backoff.py STATE_FILE PROGRAM ARGUMENTS.

The program replaces this process and keeps its pid. It starts at once if it ran for LIVES_S or
longer before, or ended early for the first time. After that each start waits twice as long as the
one before. STATE_FILE contains the number of early ends; its modification time is the last start.
Imports only the standard library, to start fast.
"""

import os
import sys
import time
from pathlib import Path

LIVES_S = 5.0
"""Seconds after which an end no longer counts as a failed start."""

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 15.0


def main() -> None:
    state_file, program = Path(sys.argv[1]), sys.argv[2:]
    ends = early_ends(state_file, now_s=time.time())
    state_file.write_text(str(ends), encoding="utf-8")
    time.sleep(wait_s(ends))
    state_file.touch()
    os.execvp(program[0], program)  # noqa: S606  # the stack's own program


def early_ends(state_file: Path, *, now_s: float) -> int:
    """Count the early ends in a row, including this one. A clock that was set back resets it."""
    try:
        lived_s = now_s - state_file.stat().st_mtime
        before = int(state_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    return before + 1 if 0 <= lived_s < LIVES_S else 0


def wait_s(ends: int) -> float:
    """Return the seconds to wait after that many early ends in a row."""
    if ends < 2:  # noqa: PLR2004  # the first may be an accident
        return 0.0
    return min(FIRST_WAIT_S * 2.0 ** (ends - 2), LONGEST_WAIT_S)


if __name__ == "__main__":
    main()
