"""The interface of a local server for supervisor and tests."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals
from typing import ClassVar

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A server in the foreground. environment is added to the caller's. Contains no secret."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: Signals = SIGTERM


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(ABC):
    """A server with its data in one folder and its port on the loopback interface."""

    name: ClassVar[str]
    state: Path
    """The folder with all of its data."""
    port: int

    @property
    def ports(self) -> tuple[int, ...]:
        return (self.port,)

    @property
    def _data(self) -> Path:
        return self.state / "data"

    @abstractmethod
    def prepare(self) -> None:
        """Prepare the first start. A repeat keeps the data. Blocks for seconds."""

    @abstractmethod
    def command(self) -> Command: ...

    @abstractmethod
    def check(self) -> None:
        """Send a request that the server answers only when it is ready.

        Blocks for at most 3 s. Raises EngineNotReady.
        """
