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
