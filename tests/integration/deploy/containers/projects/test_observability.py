"""What Prometheus collects, and the containers that only watch."""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

import pytest
import yaml

from deploy.local.configuration.roles import ROLES
from libs.settings.groups import RoleSettings
from tests.compose.env_files import DeployCopy, env_values
from tests.compose.projects import ROOT, Service

FOLDER = ROOT / "deploy" / "observability"

CONFIGURATION: dict[str, Any] = yaml.safe_load((FOLDER / "prometheus.yml").read_text())

PORT_OF_ROLES = "9464"


@pytest.fixture
def watchers(all_containers: Mapping[str, Service]) -> set[str]:
    return {name for name, service in all_containers.items() if "profiles" in service}


def jobs() -> dict[str, list[str]]:
    """Return the targets of each job."""
    return {
        job["job_name"]: list(chain(*(each["targets"] for each in job["static_configs"])))
        for job in CONFIGURATION["scrape_configs"]
    }


def test_prometheus_finds_every_role_and_flower() -> None:
    roles = {
        f"{service}-{role}:{PORT_OF_ROLES}" for service, each in ROLES.items() for role in each
    }

    assert set(jobs()["shipyard"]) == {*roles, "flower:5555"}


def test_a_target_is_labelled_with_its_service_and_role() -> None:
    (job,) = (each for each in CONFIGURATION["scrape_configs"] if each["job_name"] == "shipyard")

    for each in job["static_configs"]:
        name = each["targets"][0].partition(":")[0]
        labels = each["labels"]
        assert name in {f"{labels['service']}-{labels['role']}", labels["service"]}


def test_every_role_serves_its_metrics_where_prometheus_looks(deployed: DeployCopy) -> None:
    for service in ROLES:
        values = env_values(deployed.rendered(service))
        assert values["METRICS_PORT"] == PORT_OF_ROLES
        assert values["METRICS_HOST"] != RoleSettings.model_fields["metrics_host"].default


def test_prometheus_finds_every_exporter(watchers: set[str]) -> None:
    found = {target.partition(":")[0] for target in jobs()["engines"]}

    assert found == {name for name in watchers if name.endswith("-exporter")}


def test_a_target_is_in_a_network_with_prometheus(all_containers: Mapping[str, Service]) -> None:
    targets = {each.partition(":")[0] for each in chain(*jobs().values())} - {"localhost"}

    assert targets
    for name in targets:
        assert "microservices-net" in all_containers[name]["networks"], name


def test_the_watchers_are_started_on_demand_only(
    watchers: set[str], all_containers: Mapping[str, Service]
) -> None:
    assert watchers >= {"prometheus", "grafana", "redis-exporter", "kafka-exporter"}
    for name in watchers:
        assert all_containers[name]["profiles"] == ["observability"]
        assert "depends_on" not in all_containers[name]


def test_no_role_publishes_the_port_of_its_metrics(all_containers: Mapping[str, Service]) -> None:
    published = {
        str(port["target"])
        for service in all_containers.values()
        for port in service.get("ports", ())
    }

    assert PORT_OF_ROLES not in published


def test_the_configuration_holds_no_password() -> None:
    text = (FOLDER / "prometheus.yml").read_text()

    assert not re.search(r"password|basic_auth|://[^/\s]*@", text)
