"""Command-line linters of the environment that runs the tests."""

import subprocess
import sys
from pathlib import Path


def complaints(linter: str, *arguments: str | Path) -> str:
    """Return what the linter says; nothing if it accepts."""
    answer = subprocess.run(
        [Path(sys.executable).with_name(linter), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return answer.stdout + answer.stderr if answer.returncode else ""
