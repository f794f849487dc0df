"""The code that images have."""

from collections.abc import Iterator
from pathlib import Path

from tests.compose.projects import ROOT

LEFT_OUT = ("deploy/local/engines", "deploy/telegram_sandbox", "tests/support")
"""Folders that .dockerignore keeps out of every image."""


def shipped_code(*packages: str) -> Iterator[Path]:
    """Yield the Python files of packages that an image would get."""
    for package in packages:
        for path in (ROOT / package).rglob("*.py"):
            if not any(path.is_relative_to(ROOT / folder) for folder in LEFT_OUT):
                yield path
