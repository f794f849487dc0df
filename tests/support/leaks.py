"""Secrets that are where they should not be."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

Place = tuple[str, bytes]
"""What it is called, and its content."""


def leaks(secrets: Mapping[str, str], places: Iterable[Place]) -> set[str]:
    """Say which secret, by its name, is in which place."""
    words = {name: secret.encode() for name, secret in secrets.items()}
    return {
        f"{name} in {place}"
        for place, content in places
        for name, word in words.items()
        if word in content
    }


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield each file with its content; those that are gone meanwhile are passed over."""
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file():
                yield path, path.read_bytes()
