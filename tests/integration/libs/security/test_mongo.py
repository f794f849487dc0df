"""MongoDB with TLS: the client needs only the authority in its environment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.errors import Unavailable
from libs.mongo.client import create_mongo_client, ping
from libs.settings.groups import MongoSettings
from tests.support.servers.certificates import Certificates
from tests.support.servers.mongo import MongoAddress
from tests.support.servers.tls_proxy import tls_proxy


@pytest.fixture
def behind_tls(mongo: MongoAddress, certificates: Certificates) -> Iterator[int]:
    with tls_proxy(mongo.port, certificates) as port:
        yield port


def try_it(port: int, ca: Path | None) -> None:
    settings = MongoSettings(MONGO_HOST="127.0.0.1", MONGO_PORT=port, MONGO_TLS_CA=ca)
    with create_mongo_client(settings) as client:
        ping(client)


def test_a_server_signed_by_the_authority_is_used(
    behind_tls: int, certificates: Certificates
) -> None:
    try_it(behind_tls, certificates.ca)


def test_another_authority_is_refused_in_one_line(behind_tls: int, foreign_ca: Path) -> None:
    with pytest.raises(Unavailable, match=r"TLS with mongodb fails: .*unable to get local issuer"):
        try_it(behind_tls, foreign_ca)


def test_a_client_without_tls_gets_no_answer(behind_tls: int) -> None:
    with pytest.raises(Unavailable):
        try_it(behind_tls, None)
