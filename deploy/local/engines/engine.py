"""The interface of a local server for supervisor and tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals
from typing import Protocol

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A server in the foreground. environment is added to the caller's. Contains no secret."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: Signals = SIGTERM


class Engine(Protocol):
    """A server with its data in one folder and its port on the loopback interface."""

    @property
    def name(self) -> str: ...

    @property
    def state(self) -> Path:
        """The folder with all of its data."""
        ...

    @property
    def ports(self) -> tuple[int, ...]: ...

    def prepare(self) -> None:
        """Prepare the first start. A repeat keeps the data. Blocks for seconds."""
        ...

    def command(self) -> Command: ...

    def check(self) -> None:
        """Send a request that the server answers only when it is ready.

        Blocks for at most 3 s. Raises EngineNotReady.
        """
        ...
