"""Debian's promtool, which CI installs; a test that needs it is skipped where it is missing."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROMTOOL = shutil.which("promtool")

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="promtool is missing: apt-get install prometheus"
)


def complaints(*arguments: str | Path) -> str:
    """Return what promtool says; nothing if it accepts."""
    assert PROMTOOL
    answer = subprocess.run(
        [PROMTOOL, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    return answer.stdout + answer.stderr if answer.returncode else ""
