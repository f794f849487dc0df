"""Finds secrets in places where they must not be."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

Place = tuple[str, bytes]
"""Name of a place, and its content."""


def leaks(secrets: Mapping[str, str], places: Iterable[Place]) -> set[str]:
    """Return which secret, by name, is in which place."""
    words = {name: secret.encode() for name, secret in secrets.items()}
    return {
        f"{name} in {place}"
        for place, content in places
        for name, word in words.items()
        if word in content
    }


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield each file with its content; skips files that were deleted meanwhile."""
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file():
                yield path, path.read_bytes()
