"""Labelled places where a process can be made to die, as kill -9 would, to prove recovery."""

import os

EXIT_KILLED = 137
"""What a shell reports of a process that was killed by SIGKILL."""


def crash_point(label: str) -> None:
    """End the process at once, nothing flushed, if CRASH_AT names this label."""
    if os.environ.get("CRASH_AT") == label:
        os._exit(EXIT_KILLED)
