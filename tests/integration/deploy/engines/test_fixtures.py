"""The fixtures that other tests rely on."""

import psycopg2
import pymongo
import pytest
import redis
from kafka import KafkaAdminClient

from libs.settings.groups import PostgresSettings
from tests.conftest import MakeTopic
from tests.support.servers.mongo import MongoAddress

pytestmark = pytest.mark.engine


def test_a_topic_has_its_partitions(make_topic: MakeTopic, kafka_admin: KafkaAdminClient) -> None:
    topic = make_topic(partitions=3)

    (described,) = kafka_admin.describe_topics([topic])

    assert len(described["partitions"]) == 3


@pytest.mark.parametrize("repeat", [1, 2])
def test_redis_is_empty_for_each_test(redis_url: str, repeat: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        found = client.dbsize()
        client.set("left", "over")

    assert found == 0


@pytest.mark.parametrize("repeat", [1, 2])
def test_the_database_is_empty_for_each_test(postgres: PostgresSettings, repeat: int) -> None:
    connection = psycopg2.connect(
        host=postgres.postgres_host,
        port=postgres.postgres_port,
        user=postgres.postgres_user,
        password=postgres.postgres_password.get_secret_value(),
        dbname=postgres.postgres_db,
    )

    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_over ()")
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        tables = cursor.fetchone()
    connection.close()

    assert tables == (1,)


@pytest.mark.parametrize("repeat", [1, 2])
def test_the_mongo_database_is_empty_for_each_test(mongo: MongoAddress, repeat: int) -> None:
    with pymongo.MongoClient[dict[str, object]](mongo.host, mongo.port) as client:
        parts = client[mongo.database]["parts"]
        found = parts.count_documents({})
        parts.insert_one({"name": "left over"})

    assert found == 0
