"""CORS: preflight requests of other origins carry no key."""

import pytest

from libs.settings.base import from_environment
from order_service.api.http.application import Gate
from order_service.api.http.guards.callers import ApiKeys
from order_service.config.settings import HttpSettings
from tests.unit.order_service.api.rest import BASE, RestApiOnFakes

KEY = "a-key-of-some-length"
PAGE = "https://shop.example"

PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type, x-api-key, idempotency-key",
}


def api(*origins: str) -> RestApiOnFakes:
    return RestApiOnFakes(gate=Gate(keys=ApiKeys([KEY]), origins=origins))


def test_an_allowed_origin_gets_a_preflight_answer_without_a_key() -> None:
    answer = api(PAGE, "https://admin.example").client.options(BASE, headers=PREFLIGHT)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert all(name in allowed for name in ("content-type", "x-api-key", "idempotency-key"))
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("key", [KEY, "wrong"])
def test_an_allowed_origin_can_read_success_and_refusal(key: str) -> None:
    answer = api(PAGE).client.get(BASE, headers={"Origin": PAGE, "X-API-Key": key})

    assert answer.status_code == (200 if key == KEY else 401)
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://shop.example", "null"])
def test_another_origin_gets_no_cors_headers(origin: str) -> None:
    answer = api(PAGE).client.options(BASE, headers={**PREFLIGHT, "Origin": origin})

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_origins_a_preflight_is_a_call_without_a_key() -> None:
    answer = api().client.options(BASE, headers=PREFLIGHT)

    assert answer.status_code == 401
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_preflight_has_no_effect() -> None:
    answer = api(PAGE).client.options(f"{BASE}/x/y/z", headers=PREFLIGHT)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "origins",
    [
        "shop.example",
        f"{PAGE}/",
        f"{PAGE} {PAGE}",
        f"{PAGE},",
        "*,*",
        "https://(shop|admin).example",
    ],
)
def test_an_invalid_list_of_origins_is_a_bad_configuration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], origins: str
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", origins)

    with pytest.raises(SystemExit):
        from_environment(HttpSettings)

    assert "CORS_ORIGINS: " in capsys.readouterr().err
