"""What supervisor and tests need to know of a local server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals
from typing import Protocol

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A server in the foreground; environment is added to the caller's. Holds no secret."""

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
        """The folder with everything it keeps; removing it forgets the data."""
        ...

    @property
    def ports(self) -> tuple[int, ...]: ...

    def prepare(self) -> None:
        """Make the first start possible; a repeat leaves the data as it is. Blocks for seconds."""
        ...

    def command(self) -> Command: ...

    def check(self) -> None:
        """Ask the server for an answer that it gives only when it is of use.

        Blocks for at most 3 s. Raises EngineNotReady.
        """
        ...
