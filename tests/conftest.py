"""Real engines for tests: started on first use, on free ports, removed after the run.

Ignores addresses and ports in the environment, which belong to the local stack.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pymongo
import pytest
import redis
from kafka import KafkaAdminClient
from psycopg2 import sql
from pydantic import SecretStr
from pymongo.database import Database
from sqlalchemy import Engine

from deploy.local.configuration.environment import relevant
from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.kafka import Kafka
from deploy.local.engines.mongo import Mongo
from deploy.local.engines.postgres import SUPERUSER, Postgres
from deploy.local.engines.valkey import Valkey
from libs.mongo.client import Document, create_mongo_client
from libs.postgres.deadline import no_deadline
from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import MongoSettings, PostgresSettings
from tests.support.monotonic import FakeMonotonic
from tests.support.repeated_failures import RepeatedFailures
from tests.support.servers.engines import SharedEngines, forget_killed_runs
from tests.support.servers.mongo import MongoAddress
from tests.support.servers.telegram import TelegramSandbox

ROLE = "tester"
PASSWORD = "only-on-loopback"  # noqa: S105  # of servers that live as long as a test run

ENGINES = {"engines", "private_redis", "private_postgres", "telegram_sandbox"}
"""Fixtures with a real engine: each test that uses one gets the mark engine."""

MakeTopic = Callable[..., str]


def pytest_itemcollected(item: pytest.Item) -> None:
    if isinstance(item, pytest.Function) and ENGINES.intersection(item.fixturenames):
        item.add_marker(pytest.mark.engine)


def pytest_configure(config: pytest.Config) -> None:
    for name in relevant(os.environ):
        del os.environ[name]
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(RepeatedFailures())
        forget_killed_runs()
        SharedEngines.of_this_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        SharedEngines.of_this_run().end()


@pytest.fixture
def monotonic() -> FakeMonotonic:
    return FakeMonotonic()


@pytest.fixture(scope="session")
def engines() -> SharedEngines:
    return SharedEngines.of_this_run()


@pytest.fixture(scope="session")
def kafka_brokers(engines: SharedEngines) -> str:
    """host:port of a broker that the whole run shares: use make_topic and your own groups."""
    kafka = engines.get(
        "kafka",
        lambda folder, ports: Kafka(state=folder, port=ports[0], controller_port=ports[1]),
        ports=2,
    )
    return kafka.address


@pytest.fixture(scope="session")
def kafka_admin(kafka_brokers: str) -> Iterator[KafkaAdminClient]:
    with KafkaAdminClient(bootstrap_servers=kafka_brokers) as admin:
        yield admin


@pytest.fixture
def make_topic(kafka_admin: KafkaAdminClient) -> Iterator[MakeTopic]:
    """Create a topic with a unique name; it is deleted with its .dlq after the test."""
    made: list[str] = []

    def make(partitions: int = 1) -> str:
        topic = f"test.{uuid.uuid4().hex}"
        kafka_admin.create_topics({topic: {"num_partitions": partitions}}, wait_for_metadata=True)
        made.append(topic)
        return topic

    yield make
    if made:
        kafka_admin.delete_topics([*made, *(f"{topic}.dlq" for topic in made)], raise_errors=False)


@pytest.fixture
def redis_url(engines: SharedEngines, worker_id: str) -> str:
    """Return an empty Redis database that no other worker uses."""
    server = engines.get(
        "redis", lambda folder, ports: Valkey(state=folder, port=ports[0]), ports=1
    )
    number = 0 if worker_id == "master" else 1 + int(worker_id.removeprefix("gw"))
    url = f"{server.url}/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def postgres_server(engines: SharedEngines) -> Postgres:
    return engines.get(
        "postgres",
        lambda folder, ports: Postgres(
            state=folder,
            port=ports[0],
            superuser_password=PASSWORD,
            databases={ROLE: PASSWORD},
        ),
        ports=1,
    )


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: Postgres) -> Iterator[psycopg2.extensions.connection]:
    connection = psycopg2.connect(
        host=LOOPBACK,
        port=postgres_server.port,
        user=SUPERUSER,
        password=PASSWORD,
        dbname="postgres",
    )
    connection.autocommit = True
    yield connection
    connection.close()


@pytest.fixture
def postgres(
    postgres_server: Postgres, postgres_admin: psycopg2.extensions.connection
) -> Iterator[PostgresSettings]:
    """Yield an empty database that an ordinary role owns."""
    database = f"test_{uuid.uuid4().hex}"
    create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
    execute_without_deadline(postgres_admin, create, database, ROLE)
    yield PostgresSettings(
        POSTGRES_HOST=LOOPBACK,
        POSTGRES_PORT=postgres_server.port,
        POSTGRES_USER=ROLE,
        POSTGRES_PASSWORD=SecretStr(PASSWORD),
        POSTGRES_DB=database,
        POSTGRES_SSL_MODE="disable",
    )
    execute_without_deadline(postgres_admin, sql.SQL("DROP DATABASE {} WITH (FORCE)"), database)


def execute_without_deadline(
    admin: psycopg2.extensions.connection, statement: sql.SQL, *names: str
) -> None:
    """Run it without the usual deadline: creating or dropping a database waits for the disk."""
    with no_deadline(), admin.cursor() as cursor:
        cursor.execute(statement.format(*map(sql.Identifier, names)))


@pytest.fixture
def migrated_engine(postgres: PostgresSettings) -> Iterator[Callable[[str], Engine]]:
    """Yield a function that migrates the empty database and returns an engine on it."""
    engine = create_database_engine(postgres)

    def migrated(package: str) -> Engine:
        migrate(engine, package)
        return engine

    yield migrated
    engine.dispose()


@pytest.fixture
def mongo(engines: SharedEngines) -> Iterator[MongoAddress]:
    """Yield an empty database on the MongoDB stand-in."""
    server = engines.get("mongo", lambda folder, ports: Mongo(state=folder, port=ports[0]), ports=1)
    address = MongoAddress(host=LOOPBACK, port=server.port, database=f"test_{uuid.uuid4().hex}")
    yield address
    with pymongo.MongoClient[dict[str, object]](address.host, address.port) as client:
        client.drop_database(address.database)


@pytest.fixture
def mongo_database(mongo: MongoAddress) -> Iterator[Database[Document]]:
    settings = MongoSettings(MONGO_HOST=mongo.host, MONGO_PORT=mongo.port)
    with create_mongo_client(settings) as client:
        yield client[mongo.database]


@pytest.fixture
def telegram_sandbox(tmp_path: Path) -> Iterator[TelegramSandbox]:
    sandbox = TelegramSandbox(tmp_path / "telegram")
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()
