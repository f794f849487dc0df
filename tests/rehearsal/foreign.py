"""What an image that is not ours brings: its program here, what it reads, how it ends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from signal import SIGTERM, Signals
from typing import Protocol

from tests.rehearsal.addresses import Addresses
from tests.rehearsal.containers import Container
from tests.rehearsal.dockerfile import IMAGE_PATH
from tests.rehearsal.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a program is asked to stop, and how it ends if all is well."""

    signal: Signals = SIGTERM
    exit_codes: frozenset[int] = frozenset({0})


ON_TERM = Ending()


class ForeignImage(Protocol):
    @property
    def name(self) -> str:
        """What the image's name begins with."""
        ...

    @property
    def serves(self) -> tuple[int, ...]:
        """Ports at which its program listens by itself."""
        ...

    @property
    def ending(self) -> Ending: ...

    def unread(self, container: Container) -> set[str]:
        """Name the variables that neither its program nor its scripts read."""
        ...

    def prepare(self, place: Place, addresses: Addresses) -> tuple[str, ...]:
        """Do what its entry point does before the program, and return the program's command."""
        ...


ENVIRONMENT: Mapping[str, str] = {"PATH": IMAGE_PATH, "LC_ALL": "C"}


def named_in_commands(container: Container) -> set[str]:
    """Return the variables that a shell in the command or the health check puts in."""
    test = container.service.get("healthcheck", {}).get("test", ())
    return set(re.findall(r"\$\{?([A-Z_]+)", " ".join((*container.command, *map(str, test)))))


def unread_but(known: frozenset[str], container: Container) -> set[str]:
    return set(container.environment) - known - named_in_commands(container)
