"""Searches files, command lines, stores and pages for secrets."""

import base64
import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import httpx
import psutil
import redis
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.programs import Stack
from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.postgres import SUPERUSER
from deploy.local.supervision.processes import stack_processes
from tests.support.leaks import Place, files_below, leaks

DATABASES = ("order", "notification")
FLOWER_PAGES = ("/workers", "/broker", "/tasks", "/api/workers", "/api/tasks")


def secrets_of(stack: Stack) -> dict[str, str]:
    """Every password by name, and the secret part of the token."""
    passwords = asdict(stack.environments.passwords)
    return {**passwords, "telegram": passwords["telegram"].partition(":")[2]}


def private_files(folders: Folders) -> set[Path]:
    """Files that must contain secrets."""
    redis_configuration = folders.data / "redis" / "valkey.conf"
    return {folders.passwords, folders.supervisor_configuration, redis_configuration}


def finds(stack: Stack) -> set[str]:
    """Return which secret is where, except in files that must contain it."""
    secrets = secrets_of(stack)
    encoded = {
        f"{name} in base64 in {place}"
        for place, content in _redis(stack)
        for name, secret in secrets.items()
        if any(form in content for form in _in_base64(secret.encode()))
    }
    return leaks(secrets, _everything(stack)) | encoded


def _in_base64(secret: bytes) -> Iterator[bytes]:
    """Return the forms that the secret may take in a base64 task body, by its position."""
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + secret)
        yield encoded[4 if lead else 0 : -4]


def _everything(stack: Stack) -> Iterator[Place]:
    private = private_files(stack.folders)
    for path, content in files_below(stack.folders.local):
        if path not in private:
            yield str(path), content
    yield from _command_lines(stack.folders)
    yield from _redis(stack)
    for database in DATABASES:
        yield from _tables(stack, database)
    for page in FLOWER_PAGES:
        address = f"http://{LOOPBACK}:{stack.environments.ports.flower}{page}"
        yield address, httpx.get(address, timeout=10, trust_env=False).content


def _command_lines(folders: Folders) -> Iterator[Place]:
    for process in stack_processes(folders):
        with contextlib.suppress(psutil.Error):
            yield f"command line of {process.pid}", " ".join(process.cmdline()).encode()


def _redis(stack: Stack) -> Iterator[Place]:
    with redis.Redis.from_url(stack.environments.redis_url) as client:
        for key in client.scan_iter():
            yield f"redis key {key!r}", repr(_value(client, key)).encode()


def _value(client: redis.Redis, key: str | bytes) -> object:
    match client.type(key):
        case b"string":
            return client.get(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"hash":
            return client.hgetall(key)
        case b"set":
            return client.smembers(key)
        case b"zset":
            return client.zrange(key, 0, -1)
        case kind:
            raise AssertionError(f"{key!r} is a {kind!r}, and this test cannot search it")


def _tables(stack: Stack, database: str) -> Iterator[Place]:
    environment = getattr(stack.environments, database)()
    url = URL.create(
        "postgresql+psycopg2",
        username=SUPERUSER,
        password=stack.environments.passwords.postgres,
        host=environment["POSTGRES_HOST"],
        port=int(environment["POSTGRES_PORT"]),
        database=database,
    )
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            for table in inspect(engine).get_table_names():
                rows = connection.execute(text(f'SELECT t::text FROM "{table}" t')).scalars()  # noqa: S608  # a name that the server gave
                yield f"table {database}.{table}", "\n".join(rows).encode()
    finally:
        engine.dispose()
