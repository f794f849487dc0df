import pytest
from kombu import Connection
from redis.exceptions import ConnectionError as RedisConnectionError

from libs.engines.process import EngineProcess
from libs.tasks.transport import PatientChannel, PatientTransport
from tests.integration.libs.tasks.conftest import url_of

pytestmark = pytest.mark.engine


class NarrowTransport(PatientTransport):
    channel_max = 3


def test_more_failed_attempts_than_there_are_channel_numbers_do_not_use_them_up(
    private_redis: EngineProcess,
) -> None:
    transport = NarrowTransport(Connection(url_of(private_redis)))
    private_redis.kill()
    for _ in range(NarrowTransport.channel_max + 1):
        with pytest.raises(RedisConnectionError):
            PatientChannel(transport)

    private_redis.restart()

    PatientChannel(transport).close()


def test_what_is_acknowledged_after_its_channel_was_closed_has_lost_its_connection(
    redis_url: str,
) -> None:
    channel = PatientChannel(PatientTransport(Connection(redis_url)))
    channel.close()

    with pytest.raises(RedisConnectionError):
        channel.basic_ack("delivered twice, and done before")
