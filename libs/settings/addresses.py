"""Addresses in the environment. An invalid one is reported in one line, without its secret."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

HIGHEST_PORT = 65535

HOST = r"(?:[^\s/?#@:,\[\]]+|\[[0-9a-fA-F:.]+\])"
"""A name, an IPv4 address, or an IPv6 address in brackets."""

BROKER = re.compile(rf"{HOST}(?::(?P<port>\d+))?")

REDIS = re.compile(
    rf"rediss?://(?:[^\s/?#@]*@)?{HOST}(?::(?P<port>\d+))?(?:/\d*)?(?:\?[^\s#]*)?", re.IGNORECASE
)

HTTP = re.compile(rf"https?://(?:[^\s/?#@]*@)?{HOST}(?::(?P<port>\d+))?(?:/[^\s]*)?", re.IGNORECASE)


IPV4 = r"\d+(?:\.\d+){3}(?::\d+)?"
SEVERAL_IPV4 = re.compile(rf"ipv4:{IPV4}(?:,{IPV4})*")
"""Several addresses in gRPC's notation."""


def _is(pattern: re.Pattern[str], text: str) -> bool:
    found = pattern.fullmatch(text)
    return found is not None and int(found["port"] or 1) in range(1, HIGHEST_PORT + 1)


def _host(value: str) -> str:
    is_ipv6 = re.fullmatch(r"[0-9a-fA-F:.]*:[0-9a-fA-F:.]*", value)
    if not is_ipv6 and not re.fullmatch(HOST, value):
        raise ValueError("is not the name or the IP address of a host: no scheme, port or path")
    return value


def _host_or_folder(value: str) -> str:
    return value if value.startswith("/") else _host(value)


def _grpc_host(value: str) -> str:
    return value if SEVERAL_IPV4.fullmatch(value) else _host(value)


def _brokers(value: str) -> str:
    if not all(_is(BROKER, each.strip()) for each in value.split(",")):
        raise ValueError("is not HOST:PORT, or several of them with commas between: no scheme")
    return value


def _redis_url(value: SecretStr) -> SecretStr:
    if not _is(REDIS, value.get_secret_value()):
        raise ValueError(
            "is not redis://USER:PASSWORD@HOST:PORT/DATABASE or rediss://…: in a user or a "
            "password, percent-encode every sign but letters, digits, - . _ ~"
        )
    return value


def _http_url(value: str) -> str:
    if not _is(HTTP, value):
        raise ValueError("is not http://HOST:PORT/… or https://…")
    return value


def _proxy_url(value: SecretStr) -> SecretStr:
    _http_url(value.get_secret_value())
    return value


Port = Annotated[int, Field(ge=1, le=HIGHEST_PORT)]

Host = Annotated[str, AfterValidator(_host)]

HostOrFolder = Annotated[str, AfterValidator(_host_or_folder)]
"""A host, or the folder of a Unix socket."""

GrpcHost = Annotated[str, AfterValidator(_grpc_host)]
"""A host, or several addresses: ipv4:10.0.0.1:50051,10.0.0.2, the last one without its port."""

Brokers = Annotated[str, AfterValidator(_brokers)]
"""HOST:PORT, several with commas between."""

RedisUrl = Annotated[SecretStr, AfterValidator(_redis_url)]

HttpUrl = Annotated[str, AfterValidator(_http_url)]

ProxyUrl = Annotated[SecretStr, AfterValidator(_proxy_url)]
"""An HTTP proxy's address, which may hold a password."""
