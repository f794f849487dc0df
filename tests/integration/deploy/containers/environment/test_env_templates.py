"""The templates hold exactly the variables that are read."""

import re
from collections.abc import Mapping

import pytest
from pydantic.fields import FieldInfo

from tests.compose.env_files import EXAMPLE_CHAT, env_values
from tests.compose.projects import PROJECTS, ROOT
from tests.integration.deploy.containers.environment.variables import SETTINGS, misplaced

OTHER_IN_A_CONTAINER = {
    "HTTP_HOST": "0.0.0.0",  # noqa: S104  # a container is reached from outside itself
    "GRPC_HOST": "0.0.0.0",  # noqa: S104
    "METRICS_HOST": "0.0.0.0",  # noqa: S104
    "METRICS_PORT": 9464,
    "MONGO_INITDB_ROOT_USERNAME": "inventory",
    "ORDER_RATE_LIMIT": "600/minute",
    "TRUSTED_PROXY": "order-proxy",
    "NOTIFICATION_GRPC_HOST": "notification-grpc",
    "KAFKA_SASL_MECHANISM": "PLAIN",  # used with SASL_PLAINTEXT, ignored with PLAINTEXT
    "KAFKA_SASL_USERNAME": "shipyard",
}
"""Values that differ from the services' defaults."""

SECRETS = re.compile(r"(PASSWORD|TOKEN|BASIC_AUTH|SECRET|KEYS?|TELEGRAM_PROXY)$|BROKER_URL$")

MASTER = env_values(ROOT / "deploy" / "env" / ".env.template")


def template(service: str) -> dict[str, str]:
    return env_values(ROOT / "deploy" / "env" / f"{service}.env.template")


@pytest.mark.parametrize("service", PROJECTS)
def test_a_template_holds_exactly_what_the_service_and_its_compose_file_read(service: str) -> None:
    assert misplaced(service, template(service).keys()) == set()


@pytest.mark.parametrize("service", PROJECTS)
def test_a_template_takes_each_value_from_the_services_own_prefix(service: str) -> None:
    expected = {name: f"${{{service.upper()}_{name}}}" for name in template(service)}

    assert template(service) == expected


def test_the_master_template_holds_exactly_what_the_templates_ask_for() -> None:
    asked = {f"{service.upper()}_{name}" for service in PROJECTS for name in template(service)}

    assert set(MASTER) == asked


def test_no_template_holds_a_secret() -> None:
    given = {name: value for name, value in MASTER.items() if SECRETS.search(name)}

    assert given
    for name, value in given.items():
        assert re.search(r"^$|generate-me$|_(PASSWORD|KEYS)\}", value), name


def test_every_secret_of_the_settings_is_listed_as_a_secret() -> None:
    secrets = {
        str(field.alias)
        for roles in SETTINGS.values()
        for settings in roles
        for field in settings.model_fields.values()
        if is_secret(field)
    }

    assert {name for name in secrets if not SECRETS.search(name)} == set()


@pytest.mark.parametrize("service", PROJECTS)
def test_the_generated_environment_is_accepted_and_keeps_the_defaults(
    service: str,
    environments: Mapping[str, Mapping[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {**environments[service], **EXAMPLE_CHAT}.items():
        monkeypatch.setenv(name, value)

    for settings in [role() for role in SETTINGS[service]]:
        for name, field in type(settings).model_fields.items():
            if not (field.is_required() or is_secret(field)):
                expected = OTHER_IN_A_CONTAINER.get(str(field.alias), field.default)
                assert getattr(settings, name) == expected, name


def is_secret(field: FieldInfo) -> bool:
    return "SecretStr" in str(field.annotation)
