"""Paths in a container, as paths on this machine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mounts:
    """Where each folder of a container is."""

    places: Mapping[str, Path]

    def text(self, text: str) -> str:
        """Rewrite every path at or below one of the folders."""
        if not self.places:
            return text
        inside = sorted(self.places, key=len, reverse=True)
        folders = "|".join(map(re.escape, inside))
        pattern = re.compile(rf"(?<![\w./-])(?P<folder>{folders})(?=/|[^\w.-]|$)")
        return pattern.sub(lambda match: str(self.places[match["folder"]]), text)

    def __getitem__(self, folder: str) -> Path:
        return self.places[folder]
