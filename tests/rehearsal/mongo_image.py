"""mongo, played by NX-27017 behind a login."""

import sys
from dataclasses import dataclass

from libs.engines.engine import LOOPBACK
from tests.rehearsal.addresses import Addresses
from tests.rehearsal.containers import Container
from tests.rehearsal.foreign import ON_TERM, Ending, unread_but
from tests.rehearsal.place import Place
from tests.rehearsal.problem import Problem
from tests.rehearsal.stand_ins import guarded_mongo, mongosh

PORT = 27017
DATA = "/data/db"

READ_BY_THE_ENTRY_POINT = frozenset(
    f"MONGO_INITDB_{name}" for name in ("ROOT_USERNAME", "ROOT_PASSWORD", "DATABASE")
)

KNOWN_OPTIONS = ("mongod", "--bind_ip_all", "--wiredTigerCacheSizeGB")


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoImage:
    name: str = "mongo:"
    serves: tuple[int, ...] = (PORT,)
    ending: Ending = ON_TERM

    def unread(self, container: Container) -> set[str]:
        return unread_but(READ_BY_THE_ENTRY_POINT, container)

    def prepare(self, place: Place, addresses: Addresses) -> tuple[str, ...]:
        port = addresses.serve(place.container, PORT)
        words = [word for word in place.container.command if not word[0].isdigit()]
        if unknown := set(words) - set(KNOWN_OPTIONS):
            raise Problem(f"{place.container.name}: {', '.join(unknown)} is not rehearsed")
        place.tool("mongosh", f'exec "{sys.executable}" -I "{mongosh.__file__}" "$@"')
        data = str(place.path(DATA))
        return (
            *(sys.executable, "-I", guarded_mongo.__file__, "--data-dir", data),
            *("--journal-mode", "WAL", "--host", LOOPBACK, "--port", str(port)),
            *("--pid-file", f"{data}/nx.pid", "--log-file", "/dev/null"),
        )
