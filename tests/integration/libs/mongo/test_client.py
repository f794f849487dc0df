import time

import pytest

from libs.errors import Unavailable
from libs.mongo.client import create_mongo_client, ping
from libs.settings.groups import MongoSettings


def settings() -> MongoSettings:
    return MongoSettings.model_validate({"MONGO_HOST": "127.0.0.1", "MONGO_PORT": 9})


def test_an_absent_server_is_unavailable_well_before_a_caller_s_deadline() -> None:
    with create_mongo_client(settings()) as client:
        started = time.monotonic()

        with pytest.raises(Unavailable, match="does not answer"):
            ping(client)

        assert time.monotonic() - started < 1.9
