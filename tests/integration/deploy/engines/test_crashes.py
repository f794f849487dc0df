"""Each engine keeps acknowledged data when it is killed."""

from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest
import redis
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from sqlalchemy import text

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.errors import EngineNotReady
from deploy.local.engines.kafka import Kafka
from deploy.local.engines.mongo import Mongo
from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from deploy.local.engines.valkey import Valkey
from libs.postgres.engine import create_database_engine
from libs.settings.groups import PostgresSettings
from tests.conftest import PASSWORD

pytestmark = pytest.mark.engine


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EngineProcess]:
    engine = Valkey(state=tmp_path / "redis", port=free_port(), password=PASSWORD)
    with EngineProcess(engine) as process:
        yield process


def test_valkey_keeps_its_keys_over_a_kill(valkey: EngineProcess) -> None:
    engine = valkey.engine
    assert isinstance(engine, Valkey)
    with redis.Redis.from_url(engine.url) as client:
        client.set("order", "PAID")
        synced = client.execute_command("WAITAOF", 1, 0, 5000)

    valkey.restart()

    assert synced[0] == 1
    with redis.Redis.from_url(engine.url) as client:
        assert client.get("order") == b"PAID"


def test_valkey_refuses_clients_without_the_password(valkey: EngineProcess) -> None:
    with (
        redis.Redis(LOOPBACK, valkey.engine.ports[0]) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_a_frozen_engine_answers_when_it_is_thawed(valkey: EngineProcess) -> None:
    valkey.freeze()

    with pytest.raises(EngineNotReady):
        valkey.engine.check()

    valkey.thaw()
    valkey.engine.check()


def test_postgresql_keeps_what_was_committed_over_a_kill(
    private_postgres: EngineProcess, private_settings: PostgresSettings
) -> None:
    engine = create_database_engine(private_settings)
    with engine.begin() as tx:
        tx.execute(text("CREATE TABLE orders (id int); INSERT INTO orders VALUES (42)"))
    engine.dispose()

    private_postgres.restart()

    with engine.begin() as tx:
        assert tx.execute(text("SELECT id FROM orders")).scalars().all() == [42]
    engine.dispose()


def test_mongo_keeps_its_documents_over_a_kill(tmp_path: Path) -> None:
    engine = Mongo(state=tmp_path / "mongo", port=free_port())
    with EngineProcess(engine) as process:
        with pymongo.MongoClient[dict[str, object]](LOOPBACK, engine.port) as client:
            client["shop"]["parts"].insert_one({"name": "hull"})

        process.restart()

        with pymongo.MongoClient[dict[str, object]](LOOPBACK, engine.port) as client:
            assert [part["name"] for part in client["shop"]["parts"].find()] == ["hull"]


def test_kafka_keeps_acknowledged_records_over_a_kill(tmp_path: Path) -> None:
    engine = Kafka(state=tmp_path / "kafka", port=free_port(), controller_port=free_port())
    with EngineProcess(engine) as process:
        with KafkaAdminClient(bootstrap_servers=engine.address) as admin:
            admin.create_topics({"ships": {"num_partitions": 1}}, wait_for_metadata=True)
        with KafkaProducer(bootstrap_servers=engine.address, acks="all") as producer:
            producer.send("ships", b"hull").get(timeout=10)

        process.restart()

        with KafkaConsumer(
            "ships",
            bootstrap_servers=engine.address,
            auto_offset_reset="earliest",
            consumer_timeout_ms=15_000,
        ) as consumer:
            assert next(consumer).value == b"hull"
