"""NX-27017, a stand-in for MongoDB: it speaks MongoDB's wire protocol and stores in SQLite."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from deploy.local.engines.engine import LOOPBACK, Command, Engine
from deploy.local.engines.errors import EngineNotReady

SERVER = "import logging, nx_27017.nx_27017 as nx; logging.disable(logging.INFO); nx.main()"
"""Otherwise every command is logged; there is no option to turn that off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mongo(Engine):
    """A server with a SQLite file per database and without a password."""

    name = "mongo"

    @property
    def _pid_file(self) -> Path:
        return self.state / "nx.pid"

    def prepare(self) -> None:
        """Create the folder; delete the pid file of a killed server: its pid may be reused."""
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
