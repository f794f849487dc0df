"""Which texts are accepted as addresses."""

import pytest
from pydantic import Field, ValidationError

from libs.settings.addresses import (
    Brokers,
    GrpcHost,
    Host,
    HostOrFolder,
    HttpUrl,
    Port,
    ProxyUrl,
    RedisUrl,
)
from libs.settings.base import Settings, from_environment


class Addresses(Settings):
    host: Host = Field("localhost", alias="HOST")
    grpc: GrpcHost = Field("localhost", alias="GRPC")
    folder: HostOrFolder = Field("localhost", alias="FOLDER")
    port: Port = Field(1, alias="PORT")
    brokers: Brokers = Field("kafka:9092", alias="BROKERS")
    redis: RedisUrl | None = Field(None, alias="REDIS")
    http: HttpUrl = Field("http://here", alias="HTTP")
    proxy: ProxyUrl | None = Field(None, alias="PROXY")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("HOST", value) for value in ("kafka", "10.0.0.1", "0.0.0.0", "::1", "a-b.example")),  # noqa: S104
        *(("GRPC", value) for value in ("payment", "::1", "ipv4:10.0.0.1:50052,10.0.0.2")),
        ("FOLDER", "/run/postgresql"),
        ("PORT", "65535"),
        *(("BROKERS", value) for value in ("kafka", "a:1,b:2", "a:1, b:2", "[::1]:9092")),
        *(
            ("REDIS", f"redis{value}")
            for value in (
                "://redis",
                "://redis:6379/0",
                "://:word@redis/0",
                "s://services:w%2Fo%40rd@redis.example:6379/0?ssl_cert_reqs=required",
                "://[::1]:6379",
            )
        ),
        *(("HTTP", value) for value in ("https://api.telegram.org", "http://10.0.0.1:8081/x")),
        ("PROXY", "http://me:word@proxy:3128"),
    ],
)
def test_a_valid_address_is_accepted(name: str, value: str) -> None:
    Addresses.model_validate({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("HOST", value) for value in ("redis://hush", "hush:1", "hush/hush", "me@hush", "a b")),
        *(("GRPC", value) for value in ("dns:hush", "ipv4:hush", "ipv4:10.0.0.1,")),
        ("FOLDER", "hush/hush"),
        *(("PORT", value) for value in ("0", "65536", "eighty")),
        *(
            ("BROKERS", value)
            for value in ("kafka://hush:1", "hush:x", "hush:70000", "a:1,,b:2", "a:1 b:2")
        ),
        *(
            ("REDIS", value)
            for value in (
                "redis://services:hush/hush@redis:6379/0",
                "redis://services:123/45@redis:6379/0",
                "redis://services:hu#sh@redis:6379/0",
                "redis://services:hu?sh@redis:6379/0",
                "redis://services:hu@sh@redis:6379/0",
                "redis://services:hush@redis:6379/queue",
                "redis://services:hush@redis:port/0",
                "redis://services:hush@redis:99999/0",
                "redis://services:hush@",
                "amqp://hush@rabbit",
                "sentinel://hush@redis:26379",
                "redis:6379",
            )
        ),
        *(("HTTP", value) for value in ("ftp://hush", "hush", "https://hush:x", "https://")),
        *(("PROXY", value) for value in ("socks5://me:hush@proxy", "me:hush@proxy:3128")),
    ],
)
def test_an_invalid_address_is_one_line_without_its_secret(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as exit_info:
        from_environment(Addresses)

    said = capsys.readouterr().err
    assert exit_info.value.code == 78
    assert said.startswith(f"bad configuration: {name}: ")
    assert said.count("\n") == 1
    assert "hush" not in said


def test_a_validation_error_shows_no_secret() -> None:
    with pytest.raises(ValidationError) as error:
        Addresses.model_validate({"REDIS": "redis://services:hush/hush@redis"})

    assert "hush" not in str(error.value.errors(include_input=False))
