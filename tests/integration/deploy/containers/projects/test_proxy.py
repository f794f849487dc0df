"""The path from outside to the REST API."""

import re
from collections.abc import Mapping

import pytest

from order_service.api.http.parsing import LARGEST_BODY_BYTES
from tests.compose.env_files import DeployCopy
from tests.compose.projects import Service, resolved


@pytest.fixture
def configuration(all_containers: Mapping[str, Service]) -> str:
    return str(all_containers["order-proxy"]["environment"]["PROXY_CONF"])


def values_of(configuration: str, directive: str) -> list[str]:
    return re.findall(rf"^\s*{directive} ([^;]+);", configuration, re.MULTILINE)


def test_only_the_proxy_is_reached_from_outside(all_containers: Mapping[str, Service]) -> None:
    api, proxy = all_containers["order-http"], all_containers["order-proxy"]

    assert "ports" not in api
    assert [(each["published"], each["target"]) for each in proxy["ports"]] == [("8080", 8080)]


def test_the_proxy_asks_the_api_at_its_port(
    all_containers: Mapping[str, Service], configuration: str
) -> None:
    port = all_containers["order-http"]["environment"]["HTTP_PORT"]

    assert values_of(configuration, r"set \$api") == [f"http://order-http:{port}"]


def test_a_request_is_buffered_and_limited(configuration: str) -> None:
    assert values_of(configuration, "proxy_request_buffering") == ["on"]
    assert values_of(configuration, "client_header_timeout") == ["10s"]
    assert values_of(configuration, "client_body_timeout") == ["10s"]
    assert values_of(configuration, "client_max_body_size") == [f"{LARGEST_BODY_BYTES // 1024}k"]


def test_a_request_is_passed_on_once(configuration: str) -> None:
    """A charge that was passed on may have been done, with any answer."""
    assert values_of(configuration, "proxy_next_upstream") == ["off"]


def test_the_api_trusts_the_proxy_and_the_proxy_trusts_no_caller(
    all_containers: Mapping[str, Service], configuration: str
) -> None:
    """$proxy_add_x_forwarded_for would pass on the caller's own header."""
    assert values_of(configuration, "proxy_set_header X-Forwarded-For") == ["$remote_addr"]
    assert all_containers["order-http"]["environment"]["TRUSTED_PROXY"] == "order-proxy"


@pytest.mark.parametrize("status", [400, 404, 408, 413, 414, 431, 503])
def test_errors_of_the_proxy_have_the_form_of_the_contract(configuration: str, status: int) -> None:
    body = rf'return {status} \'\{{"code": {status}, "status": "[A-Z][^"]+", "message": "[^"]+"\}}'

    assert re.search(body, configuration)
    assert re.search(rf"error_page [0-9 ]+ ={status} /.proxy/{status};", configuration)


def test_certificate_and_key_are_mounted_at_their_configured_paths(copy: DeployCopy) -> None:
    copy.generate()
    rendered = copy.rendered("order")
    text = rendered.read_text().replace("HTTP_TLS_CERT=", "HTTP_TLS_CERT=/etc/tls/cert.pem")
    rendered.write_text(text.replace("HTTP_TLS_KEY=", "HTTP_TLS_KEY=/etc/tls/key.pem"))

    proxy = resolved(copy.compose_file("order"))["services"]["order-proxy"]

    assert [(each["source"], each["target"]) for each in proxy["volumes"]] == [
        ("/etc/tls/cert.pem", "/run/tls/cert.pem"),
        ("/etc/tls/key.pem", "/run/tls/key.pem"),
    ]
