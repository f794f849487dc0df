"""A container as the compose files describe it, with everything that Docker would resolve."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rehearsal.compose_files import project
from tests.rehearsal.env_files import env_values
from tests.rehearsal.problem import Problem

DURATION = re.compile(r"(\d+)(ms|s|m|h)")
UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}

SIZES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    project: str
    name: str
    service: Mapping[str, Any]
    environment: Mapping[str, str]
    """What the files of env_file say, then what `environment` says."""

    @property
    def image(self) -> str:
        return str(self.service["image"])

    @property
    def command(self) -> tuple[str, ...]:
        """Empty if the image's own command is to run."""
        command = self.service.get("command", ())
        return tuple(shlex.split(command) if isinstance(command, str) else map(str, command))

    @property
    def networks(self) -> frozenset[str]:
        """Networks of one project are not those of another, unless they are external."""
        return frozenset(self.service.get("networks", ("default",)))

    @property
    def published(self) -> Mapping[int, tuple[str, int]]:
        """Where a container's port is published: the host's address and port."""
        ports = (port.rsplit(":", 2) for port in self.service.get("ports", ()))
        return {int(inside): (address, int(outside)) for address, outside, inside in ports}

    @property
    def writable(self) -> tuple[str, ...]:
        """Folders in the container that are not read-only."""
        mounts = (*self.service.get("tmpfs", ()), *_targets(self.service.get("volumes", ())))
        return tuple(mount.partition(":")[0] for mount in mounts)

    @property
    def waits_for(self) -> Mapping[str, str]:
        """Names the containers of depends_on, with their conditions."""
        waits = self.service.get("depends_on", {})
        return {name: wait["condition"] for name, wait in waits.items()}

    @property
    def stop_within_s(self) -> float:
        return seconds(self.service["stop_grace_period"])

    @property
    def memory_limit(self) -> int:
        """In bytes."""
        text = str(self.service["mem_limit"])
        return int(text[:-1]) * SIZES[text[-1]]


def _targets(volumes: Any) -> Iterator[str]:
    """Strip the volume's name, and a final :ro is refused: nothing here knows it."""
    for volume in volumes:
        _, _, target = volume.partition(":")
        if ":" in target:
            raise Problem(f"the volume {volume} has options that are not rehearsed")
        yield target


def seconds(duration: str) -> float:
    """Read 20s, 1m30s or 500ms as Compose does; raises Problem for anything else."""
    if not duration or DURATION.sub("", duration):
        raise Problem(f"{duration!r} is no duration")
    return sum(int(number) * UNITS_S[unit] for number, unit in DURATION.findall(duration))


def read_containers(name: str, rendered: Path) -> list[Container]:
    """Read a project's containers; rendered is its generated environment file."""
    values = env_values(rendered)
    services = project(name, values)["services"]
    return [
        Container(
            project=name,
            name=container,
            service=service,
            environment={
                **_of_files(rendered.parent, service.get("env_file", ())),
                **{key: str(value) for key, value in service.get("environment", {}).items()},
            },
        )
        for container, service in services.items()
    ]


def _of_files(folder: Path, names: Iterable[str]) -> dict[str, str]:
    return {key: value for name in names for key, value in env_values(folder / name).items()}
