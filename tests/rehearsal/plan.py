"""What is to run where, decided before anything runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from libs.engines.engine import LOOPBACK
from libs.engines.ports import free_port
from tests.rehearsal.addresses import Addresses
from tests.rehearsal.containers import Container
from tests.rehearsal.foreign import ENVIRONMENT, Ending, ForeignImage
from tests.rehearsal.images import Image
from tests.rehearsal.kafka_image import KafkaImage
from tests.rehearsal.mongo_image import MongoImage
from tests.rehearsal.mounts import Mounts
from tests.rehearsal.people import People
from tests.rehearsal.place import Place
from tests.rehearsal.postgres_image import PostgresImage
from tests.rehearsal.problem import Problem
from tests.rehearsal.redis_image import RedisImage
from tests.rehearsal.running import Running
from tests.rehearsal.ui_image import UiImage

FOREIGN: tuple[ForeignImage, ...] = (
    KafkaImage(),
    RedisImage(),
    PostgresImage(),
    MongoImage(),
    UiImage(),
)

ONLY_LOOPBACK = {"FLOWER_PORT": {"FLOWER_ADDRESS": LOOPBACK}}
"""A container's program may listen everywhere: its network is its own. Here nobody may."""


def foreign_image(container: Container) -> ForeignImage | None:
    """Return None for an image of ours. Raises Problem for one that nobody knows."""
    if container.image.startswith("shipyard-"):
        return None
    for image in FOREIGN:
        if container.image.startswith(image.name):
            return image
    raise Problem(f"{container.name}: nobody knows how to rehearse {container.image}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    folder: Path
    containers: Mapping[str, Container]
    images: Mapping[str, Image]
    people: People
    addresses: Addresses
    places: Mapping[str, Place]

    def running(self, name: str) -> Running:
        """Do what comes before the container's program. Raises Problem."""
        place = self.places[name]
        place.settle()
        image = foreign_image(place.container)
        return Running(
            place=place,
            argv=image.prepare(place, self.addresses) if image else self._own_command(place),
            ending=image.ending if image else Ending(),
            log=self.folder / "log" / f"{name}.log",
        )

    def published(self, name: str) -> int:
        """Return where the one port of a container is that compose publishes."""
        ((inside, _),) = self.containers[name].published.items()
        return self.addresses.ports[name, inside]

    def _own_command(self, place: Place) -> tuple[str, ...]:
        command = place.container.command or self.images[place.container.image].stage.command
        return tuple(place.mounts.text(word) for word in command)


def make_plan(
    containers: Mapping[str, Container],
    images: Mapping[str, Image],
    *,
    people: People,
    folder: Path,
) -> Plan:
    """Find a place for every container. Raises Problem if one asks for what nobody serves."""
    addresses = Addresses(containers=containers, free_port=free_port)
    places = {
        name: _place(container, images, addresses, people=people, root=folder / "containers" / name)
        for name, container in containers.items()
    }
    addresses.check()
    return Plan(
        folder=folder,
        containers=containers,
        images=images,
        people=people,
        addresses=addresses,
        places=places,
    )


def _place(
    container: Container,
    images: Mapping[str, Image],
    addresses: Addresses,
    *,
    people: People,
    root: Path,
) -> Place:
    foreign = foreign_image(container)
    own = None if foreign else images[container.image]
    mounts = Mounts({**(own.places if own else {}), **dict(_writable(container, root))})
    for port in foreign.serves if foreign else ():
        addresses.serve(container, port)
    given = {**(own.stage.environment if own else ENVIRONMENT), **container.environment}
    for name, more in ONLY_LOOPBACK.items():
        given |= more if name in container.service.get("environment", {}) else {}
    inside = {name: mounts.text(value) for name, value in given.items()}
    return Place(
        container=_rehearsed(container, mounts, addresses),
        root=root,
        mounts=mounts,
        environment=addresses.environment(container, inside),
        folder=Path(mounts.text(own.stage.folder)) if own else root,
        people=people,
        reads_all=people.reads_all if own else True,
    )


def _writable(container: Container, root: Path) -> Iterator[tuple[str, Path]]:
    for inside in container.writable:
        yield inside, root / inside.strip("/").replace("/", "-")


def _rehearsed(container: Container, mounts: Mounts, addresses: Addresses) -> Container:
    """Return the container with a health check that asks at the addresses and paths here."""
    check = dict(container.service.get("healthcheck", {}))
    if "test" in check:
        check["test"] = [
            addresses.text(container, mounts.text(str(word)), serves=False)
            for word in check["test"]
        ]
    return Container(
        project=container.project,
        name=container.name,
        service={**container.service, "healthcheck": check},
        environment=container.environment,
    )
