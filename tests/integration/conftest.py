"""Engines that a test may kill, an environment without any, and a channel to a role."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from pydantic import SecretStr

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from deploy.local.engines.postgres import Postgres
from deploy.local.engines.process import EngineProcess
from deploy.local.engines.valkey import Valkey
from libs.grpc.channel import open_channel
from libs.settings.groups import PostgresSettings
from tests.conftest import PASSWORD, ROLE
from tests.support.roles import RoleProcess
from tests.support.servers.telegram import TOKEN


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def nothing_runs(tmp_path: Path) -> dict[str, str]:
    """Return the environment of roles whose engines and peers are all down."""
    nowhere = str(free_port())
    return {
        "KAFKA_BROKERS": f"{LOOPBACK}:{nowhere}",
        "CELERY_BROKER_URL": f"redis://{LOOPBACK}:{nowhere}/0",
        "POSTGRES_HOST": LOOPBACK,
        "POSTGRES_PORT": nowhere,
        "POSTGRES_USER": "nobody",
        "POSTGRES_PASSWORD": "nothing",
        "POSTGRES_DB": "nowhere",
        "MONGO_HOST": LOOPBACK,
        "MONGO_PORT": nowhere,
        "INVENTORY_GRPC_HOST": LOOPBACK,
        "INVENTORY_GRPC_PORT": nowhere,
        "PAYMENT_GRPC_HOST": LOOPBACK,
        "PAYMENT_GRPC_PORT": nowhere,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT_ID": "42",
        "TELEGRAM_API_URL": f"http://{LOOPBACK}:{nowhere}",
        "GRPC_PORT": str(free_port()),
        "STATE_DIR": str(tmp_path),
    }


@pytest.fixture
def private_redis(tmp_path: Path) -> Iterator[EngineProcess]:
    with EngineProcess(Valkey(state=tmp_path / "redis", port=free_port())) as process:
        yield process


@pytest.fixture
def private_url(private_redis: EngineProcess) -> str:
    return f"redis://{LOOPBACK}:{private_redis.engine.ports[0]}/0"


@pytest.fixture
def private_postgres(tmp_path: Path) -> Iterator[EngineProcess]:
    engine = Postgres(
        state=tmp_path / "postgres",
        port=free_port(),
        superuser_password=PASSWORD,
        databases={ROLE: PASSWORD},
    )
    with EngineProcess(engine) as process:
        yield process


@pytest.fixture
def private_settings(private_postgres: EngineProcess) -> PostgresSettings:
    """Return the settings of the database on private_postgres."""
    return PostgresSettings(
        POSTGRES_HOST=LOOPBACK,
        POSTGRES_PORT=private_postgres.engine.ports[0],
        POSTGRES_USER=ROLE,
        POSTGRES_PASSWORD=SecretStr(PASSWORD),
        POSTGRES_DB=ROLE,
        POSTGRES_SSL_MODE="disable",
    )


@pytest.fixture
def channel(server: RoleProcess, environment: dict[str, str]) -> Iterator[grpc.Channel]:
    """Yield a channel to the gRPC role that a test module runs as server."""
    with open_channel(LOOPBACK, int(environment["GRPC_PORT"])) as channel:
        yield channel
