"""NX-27017, which speaks MongoDB's wire protocol over SQLite: a stand-in for MongoDB."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from deploy.local.engines.engine import LOOPBACK, Command
from deploy.local.engines.errors import EngineNotReady

SERVER = "import logging, nx_27017.nx_27017 as nx; logging.disable(logging.INFO); nx.main()"
"""Without it every command is logged, and there is no option against that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mongo:
    """A server with a SQLite file per database; it asks nobody for a password."""

    state: Path
    port: int

    @property
    def name(self) -> str:
        return "mongo"

    @property
    def ports(self) -> tuple[int, ...]:
        return (self.port,)

    @property
    def _data(self) -> Path:
        return self.state / "data"

    @property
    def _pid_file(self) -> Path:
        return self.state / "nx.pid"

    def prepare(self) -> None:
        """Make the folder; forget the pid of a server that was killed, which may be another's."""
        self._data.mkdir(parents=True, exist_ok=True)
        self._pid_file.unlink(missing_ok=True)

    def command(self) -> Command:
        return Command(
            argv=(
                *(sys.executable, "-c", SERVER),
                *("--data-dir", str(self._data), "--journal-mode", "WAL"),
                *("--host", LOOPBACK, "--port", str(self.port)),
                *("--pid-file", str(self._pid_file), "--log-file", "/dev/null"),
            ),
            folder=self.state,
        )

    def check(self) -> None:
        try:
            with pymongo.MongoClient[dict[str, object]](
                LOOPBACK, self.port, serverSelectionTimeoutMS=1000, socketTimeoutMS=2000
            ) as client:
                client.admin.command("ping")
        except PyMongoError as error:
            raise EngineNotReady(f"mongodb: {error}") from error
