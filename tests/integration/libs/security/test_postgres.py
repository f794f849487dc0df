"""PostgreSQL with TLS: what each POSTGRES_SSL_MODE accepts and reports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.postgres.engine import DatabaseUnavailable, create_database_engine
from libs.postgres.transactions import ping
from libs.settings.groups import PostgresSettings
from tests.support.servers.certificates import Certificates
from tests.support.servers.tls_proxy import as_postgresql, tls_proxy


@pytest.fixture
def behind_tls(postgres: PostgresSettings, certificates: Certificates) -> Iterator[int]:
    with tls_proxy(postgres.postgres_port, certificates, as_postgresql) as port:
        yield port


def try_it(postgres: PostgresSettings, port: int, mode: str, ca: Path | None = None) -> None:
    changes = {"postgres_port": port, "postgres_ssl_mode": mode, "postgres_ssl_root_cert": ca}
    engine = create_database_engine(postgres.model_copy(update=changes))
    try:
        ping(engine)
    finally:
        engine.dispose()


@pytest.mark.parametrize("mode", ["prefer", "require", "verify-ca", "verify-full"])
def test_a_server_signed_by_the_authority_is_accepted(
    postgres: PostgresSettings, behind_tls: int, certificates: Certificates, mode: str
) -> None:
    try_it(postgres, behind_tls, mode, certificates.ca)


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_another_authority_is_refused_in_one_line(
    postgres: PostgresSettings, behind_tls: int, foreign_ca: Path, mode: str
) -> None:
    with pytest.raises(DatabaseUnavailable) as refusal:
        try_it(postgres, behind_tls, mode, foreign_ca)

    assert "certificate verify failed" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_certificate_of_another_name_fails_with_verify_full_only(
    postgres: PostgresSettings, tmp_path: Path
) -> None:
    elsewhere = Certificates.in_folder(tmp_path / "elsewhere", "db.elsewhere.test")
    with tls_proxy(postgres.postgres_port, elsewhere, as_postgresql) as port:
        try_it(postgres, port, "verify-ca", elsewhere.ca)

        with pytest.raises(DatabaseUnavailable, match="does not match host name"):
            try_it(postgres, port, "verify-full", elsewhere.ca)


def test_a_server_without_tls_is_refused_where_tls_is_required(postgres: PostgresSettings) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not support SSL"):
        try_it(postgres, postgres.postgres_port, "require")
