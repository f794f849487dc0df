"""Containers, as compose files would have them."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from tests.rehearsal.addresses import Addresses
from tests.rehearsal.containers import Container
from tests.rehearsal.foreign import Ending
from tests.rehearsal.mounts import Mounts
from tests.rehearsal.people import People
from tests.rehearsal.place import Place
from tests.rehearsal.running import Running


def a_container(
    name: str, environment: Mapping[str, str] | None = None, **service: Any
) -> Container:
    return Container(
        project="shop",
        name=name,
        service={"image": "shipyard-shop:local", "networks": ["inside"], **service},
        environment=environment or {},
    )


def addresses_of(*containers: Container) -> Addresses:
    """Give out ports from 1 on."""
    ports: Iterator[int] = count(1)
    by_name = {each.name: each for each in containers}
    return Addresses(containers=by_name, free_port=lambda: next(ports))


CHECK = {"interval": "1s", "timeout": "5s", "retries": 0, "start_period": "1s"}


def a_running(
    folder: Path, script: str, *, test: Sequence[str] = ("CMD", "true"), stop_within: str = "10s"
) -> Running:
    """Return a shell script in a container that may write in folder/data alone; not started."""
    container = a_container(
        "shop",
        tmpfs=["/data:size=1m"],
        healthcheck={**CHECK, "test": list(test)},
        stop_grace_period=stop_within,
        mem_limit="16m",
    )
    place = Place(
        container=container,
        root=folder / "shop",
        mounts=Mounts({"/data": folder / "data"}),
        environment={"PATH": os.environ["PATH"], "GREETING": "hello"},
        folder=folder,
        people=People(user=None, python=sys.executable, reads_all=False),
        reads_all=False,
    )
    place.settle()
    return Running(
        place=place, argv=("sh", "-c", script), ending=Ending(), log=folder / "log" / "shop.log"
    )
