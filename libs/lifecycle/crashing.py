"""Labelled points at which tests can make a process die, as kill -9 would."""

import os

EXIT_KILLED = 137
"""Exit code that a shell reports for a process killed by SIGKILL."""


def crash_point(label: str) -> None:
    """End the process at once, without flushing anything, if CRASH_AT is this label."""
    if os.environ.get("CRASH_AT") == label:
        os._exit(EXIT_KILLED)
