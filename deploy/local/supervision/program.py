"""One process of the local stack."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals

from deploy.local.configuration.folders import ROOT

Check = Callable[[], object]
"""Returns if the program is ready; raises libs.errors.Unavailable with the reason if not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A command that supervisor keeps running. A one-shot runs until it has succeeded once."""

    group: str
    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path = ROOT
    stop_signal: Signals = SIGTERM
    is_one_shot: bool = False
    check: Check | None = None
