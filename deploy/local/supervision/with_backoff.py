"""Start a program that may be dying again and again: with_backoff.py MEMORY PROGRAM ARGUMENTS.

The program takes this process over, pid and all. One that lived for LIVES_S or longer is started at
once, and so is one that died early for the first time; then each start waits twice as long as the
one before. MEMORY is a file whose content counts the early deaths and whose age is that of the last
start. Only the standard library: it costs every start.
"""

import os
import sys
import time
from pathlib import Path

LIVES_S = 5.0
"""Seconds after which a death is no failed start."""

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 15.0


def main() -> None:
    memory, program = Path(sys.argv[1]), sys.argv[2:]
    deaths = early_deaths(memory, now_s=time.time())
    memory.write_text(str(deaths), encoding="utf-8")
    time.sleep(wait_s(deaths))
    memory.touch()
    os.execvp(program[0], program)  # noqa: S606  # the stack's own program


def early_deaths(memory: Path, *, now_s: float) -> int:
    """Count the early deaths in a row, this one too; a clock that was set back ends the row."""
    try:
        lived_s = now_s - memory.stat().st_mtime
        before = int(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    return before + 1 if 0 <= lived_s < LIVES_S else 0


def wait_s(deaths: int) -> float:
    """Return the seconds to wait after that many early deaths in a row."""
    if deaths < 2:  # noqa: PLR2004  # the first may be an accident
        return 0.0
    return min(FIRST_WAIT_S * 2.0 ** (deaths - 2), LONGEST_WAIT_S)


if __name__ == "__main__":
    main()
