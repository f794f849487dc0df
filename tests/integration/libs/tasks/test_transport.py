import psutil
import pytest
from kombu import Connection
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from deploy.local.engines.process import EngineProcess
from libs.tasks.redis.refusal import RefusedByRedis
from libs.tasks.redis.transport import PatientChannel, PatientTransport
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.integration.libs.tasks.tiny_worker import QUEUE


class NarrowTransport(PatientTransport):
    channel_max = 3


def own_files() -> int:
    return psutil.Process().num_fds()


def test_failed_attempts_do_not_use_up_the_channel_numbers(
    private_redis: EngineProcess,
    private_url: str,
) -> None:
    transport = NarrowTransport(Connection(private_url))
    private_redis.kill()
    for _ in range(NarrowTransport.channel_max + 1):
        with pytest.raises(RedisConnectionError):
            PatientChannel(transport)

    private_redis.restart()

    PatientChannel(transport).close()


def test_a_worker_that_loses_redis_while_it_restores_tasks_waits_for_it(
    private_redis: EngineProcess,
    private_url: str,
) -> None:
    transport = PatientTransport(Connection(private_url))
    channel = PatientChannel(transport)
    private_redis.kill()

    with pytest.raises(RedisConnectionError):
        channel.qos.restore_visible()

    assert transport.vitals.is_healthy
    channel.close()


def test_a_channel_that_redis_refuses_leaves_no_connection_behind(
    private_url: str, client: Redis
) -> None:
    transport = NarrowTransport(Connection(private_url))
    client.config_set("min-replicas-to-write", "1")
    files = own_files()

    for _ in range(NarrowTransport.channel_max + 1):
        with pytest.raises(RefusedByRedis, match="NOREPLICAS"):
            PatientChannel(transport)

    assert own_files() <= files
    assert transport.channels == []


def test_a_channel_that_cannot_give_back_what_it_holds_is_closed_with_all_its_connections(
    private_url: str, client: Redis
) -> None:
    task_queue(private_url).enqueue([a_call(text="held")])
    assert client.llen(QUEUE) == 1
    files = own_files()
    connection = Connection(private_url, transport=PatientTransport)
    in_hand = connection.SimpleQueue(QUEUE).get(timeout=5)
    assert client.zcard("unacked_index") == 1
    client.config_set("min-replicas-to-write", "1")

    connection.close()

    assert own_files() <= files
    assert in_hand.channel
    assert in_hand.channel.connection is None


def test_a_refused_connection_is_made_again_because_the_name_may_have_moved(
    private_url: str, client: Redis
) -> None:
    channel = PatientChannel(PatientTransport(Connection(private_url)))
    with channel.conn_or_acquire() as ours:
        before = ours.client_id()
        client.config_set("min-replicas-to-write", "1")
        with pytest.raises(RefusedByRedis):
            ours.lpush("any", "thing")

        assert ours.client_id() != before
    channel.close()


def test_an_acknowledgement_after_its_channel_was_closed_is_dropped(redis_url: str) -> None:
    channel = PatientChannel(PatientTransport(Connection(redis_url)))
    channel.close()

    channel.basic_ack("delivered twice, and done before")
