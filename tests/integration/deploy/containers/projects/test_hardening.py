"""Rules of every container, ours and third-party."""

import re
from collections.abc import Mapping

import pytest

from deploy.local.engines.kafka import FIXED_SETTINGS
from libs.kafka.client.topics import DEAD_LETTER_RETENTION_MS
from tests.compose.projects import PROJECTS, Project, Service, containers

Projects = Mapping[str, Project]
Containers = Mapping[str, Service]

LONGEST_STOP_S = 15
"""Seconds in which every role stops after SIGTERM."""

MEGABYTE = 1 << 20


@pytest.fixture
def jobs(all_containers: Containers) -> set[str]:
    """Containers that must complete before another one starts."""
    return {
        name
        for service in all_containers.values()
        for name, wait in service.get("depends_on", {}).items()
        if wait["condition"] == "service_completed_successfully"
    }


def seconds(duration: str) -> int:
    """Parse a duration of Compose, such as 20s or 1m0s."""
    parts = re.fullmatch(r"(?:(\d+)m)?(\d+)s", duration)
    assert parts, duration
    return 60 * int(parts[1] or 0) + int(parts[2])


def test_container_names_are_unique_and_begin_with_their_service(projects: Projects) -> None:
    names = [(name, service["container_name"]) for _, name, service in containers(projects)]

    assert [name for name, _ in names] == [container for _, container in names]
    assert len(set(names)) == len(names)


def test_no_container_has_more_rights_than_it_needs(all_containers: Containers) -> None:
    for name, service in all_containers.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), name
        assert service.keys().isdisjoint({"privileged", "cap_add", "network_mode", "pid", "ipc"})


def test_every_container_has_limits(all_containers: Containers) -> None:
    for name, service in all_containers.items():
        assert int(service["mem_limit"]) >= MEGABYTE, name
        assert service["pids_limit"] <= 512, name
        assert set(service["logging"]["options"]) == {"max-size", "max-file"}, name
        assert all("size=" in mount for mount in service.get("tmpfs", [])), name


def test_the_broker_writes_no_log_that_outgrows_its_folder(all_containers: Containers) -> None:
    """By default its start script keeps up to 1 GB of garbage collection logs."""
    assert all_containers["kafka"]["environment"]["KAFKA_GC_LOG_OPTS"] == "-Xlog:gc=off"


def test_positions_of_replayed_dead_letters_outlive_them_on_either_broker(
    all_containers: Containers,
) -> None:
    kept_minutes = [
        int(all_containers["kafka"]["environment"]["KAFKA_OFFSETS_RETENTION_MINUTES"]),
        int(FIXED_SETTINGS["offsets.retention.minutes"]),
    ]

    assert min(kept_minutes) * 60_000 > DEAD_LETTER_RETENTION_MS


def test_the_memory_limits_of_java_fit_into_the_container_of_kafka_ui(
    all_containers: Containers,
) -> None:
    """Its memory is not measured, so its limit is derived from Java's limits."""
    ui = all_containers["kafka-ui"]
    parts = re.findall(
        r"(?:-Xmx|MaxMetaspaceSize=|MaxDirectMemorySize=|ReservedCodeCacheSize=)(\d+)m",
        ui["environment"]["JAVA_OPTS"],
    )

    assert len(parts) == 4
    assert sum(map(int, parts)) + 100 <= int(ui["mem_limit"]) // MEGABYTE


def test_every_container_stops_in_its_own_time(all_containers: Containers) -> None:
    for name, service in all_containers.items():
        assert service["init"] is True, name
        assert seconds(service["stop_grace_period"]) > LONGEST_STOP_S, name


def test_every_container_restarts_and_a_job_only_after_a_failure(
    all_containers: Containers, jobs: set[str]
) -> None:
    assert jobs == {"kafka-topics", "order-migrate", "inventory-migrate", "notification-migrate"}
    for name, service in all_containers.items():
        assert service["restart"] == ("on-failure:5" if name in jobs else "unless-stopped"), name


def test_every_container_except_jobs_has_a_health_check(
    all_containers: Containers, jobs: set[str]
) -> None:
    for name, service in all_containers.items():
        check = service["healthcheck"]
        assert check.get("disable", False) is (name in jobs), name
        assert check["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert {"interval", "timeout", "retries", "start_period"} <= check.keys(), name


def test_dependencies_say_what_they_wait_for(all_containers: Containers) -> None:
    for name, service in all_containers.items():
        for wait in service.get("depends_on", {}).values():
            assert wait["condition"] in {"service_healthy", "service_completed_successfully"}, name


def test_ports_are_published_on_the_loopback_address(all_containers: Containers) -> None:
    published = [port for service in all_containers.values() for port in service.get("ports", [])]

    assert len(published) == 9
    assert {port.get("host_ip") for port in published} == {"127.0.0.1"}


def test_images_are_pinned_to_a_version(all_containers: Containers) -> None:
    for name, service in all_containers.items():
        assert re.search(r":(v?\d|local$)", service["image"]), name


def test_core_creates_the_network_that_the_others_join(projects: Projects) -> None:
    made = {name: projects[name]["networks"]["microservices-net"] for name in PROJECTS}

    assert made.pop("core") == {"name": "microservices-net", "ipam": {}}
    joined = {"name": "microservices-net", "ipam": {}, "external": True}
    assert list(made.values()) == [joined] * 6


def test_a_database_is_reached_by_its_own_service_only(projects: Projects) -> None:
    databases = {"order-postgres", "notification-postgres", "inventory-mongo"}

    for name, container, service in containers(projects):
        if container in databases:
            (network,) = service["networks"]
            made = {"name": f"shipyard-{name}_{network}", "ipam": {}, "internal": True}
            assert projects[name]["networks"][network] == made
            assert "ports" not in service
            databases.remove(container)
    assert databases == set()


def test_only_the_operator_joins_the_network_of_another_project(projects: Projects) -> None:
    joined = {
        (name, network["name"])
        for name, project in projects.items()
        for network in project["networks"].values()
        if network.get("external") and network["name"] != "microservices-net"
    }

    assert joined == {
        ("operator", "shipyard-order_order-data"),
        ("operator", "shipyard-notification_notification-data"),
    }


def test_no_container_has_the_socket_of_docker(all_containers: Containers) -> None:
    mounted = [
        (name, volume["source"])
        for name, service in all_containers.items()
        for volume in service.get("volumes", ())
        if volume["type"] == "bind"
    ]

    assert mounted
    assert [each for each in mounted if "docker.sock" in each[1] or each[1] == "/"] == []
