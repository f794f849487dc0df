from pathlib import Path

import pytest
from pydantic import ValidationError

from libs.settings.groups import CelerySettings, GrpcServerSettings, KafkaSettings


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "some.pem"
    path.touch()
    return str(path)


@pytest.mark.parametrize("missing", ["MECHANISM", "USERNAME", "PASSWORD"])
def test_half_a_login_of_kafka_is_a_bad_configuration(missing: str) -> None:
    login = {"MECHANISM": "PLAIN", "USERNAME": "shipyard", "PASSWORD": "word"}
    given = {f"KAFKA_SASL_{name}": value for name, value in login.items() if name != missing}

    with pytest.raises(ValidationError, match=f"KAFKA_SASL_{missing}"):
        KafkaSettings.model_validate(
            {"KAFKA_BROKERS": "kafka:9092", "KAFKA_SECURITY_PROTOCOL": "SASL_SSL", **given}
        )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("rediss://redis/0", "ssl_cert_reqs=required"),
        ("rediss://redis/0?ssl_cert_reqs=required&ssl_ca_certs=/nowhere.pem", "/nowhere.pem"),
    ],
)
def test_an_unsafe_redis_address_is_a_bad_configuration(url: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        CelerySettings.model_validate({"CELERY_BROKER_URL": url})


def test_a_redis_address_with_tls_options_is_accepted(file: str) -> None:
    url = f"rediss://services:word@redis/0?ssl_cert_reqs=required&ssl_ca_certs={file}"

    settings = CelerySettings.model_validate({"CELERY_BROKER_URL": url})

    assert settings.celery_broker_url.get_secret_value() == url


@pytest.mark.parametrize("half", ["GRPC_TLS_CERT", "GRPC_TLS_KEY"])
def test_half_a_certificate_is_a_bad_configuration(half: str, file: str) -> None:
    with pytest.raises(ValidationError, match="go together"):
        GrpcServerSettings.model_validate({half: file})
