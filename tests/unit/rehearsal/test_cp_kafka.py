from collections.abc import Mapping

import pytest

from tests.rehearsal import cp_kafka
from tests.rehearsal.problem import Problem

SMALLEST = {
    "CLUSTER_ID": "MkU3OEVBNTcwNTJENDM2Qk",
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_ADVERTISED_LISTENERS": "INTERNAL://kafka:29092",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:29093",
}


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("KAFKA_ADVERTISED_LISTENERS", "advertised.listeners"),
        ("KAFKA_VALID__PROPERTY", "valid_property"),
        ("KAFKA_SCRAM___SHA___512", "scram-sha-512"),
        (
            "KAFKA_LISTENER_NAME_INTERNAL_PLAIN_SASL_JAAS_CONFIG",
            "listener.name.internal.plain.sasl.jaas.config",
        ),
    ],
)
def test_a_variable_is_named_like_its_property(variable: str, name: str) -> None:
    assert cp_kafka.property_name(variable) == name


def test_only_variables_of_kafka_become_properties_and_those_of_java_do_not() -> None:
    more = {"KAFKA_HEAP_OPTS": "-Xmx1g", "CLIENT_SECURITY_PROTOCOL": "PLAINTEXT"}

    assert cp_kafka.properties({**SMALLEST, **more, "KAFKA_NODE_ID": "1"}) == {
        "log.dirs": "/var/lib/kafka/data",
        "process.roles": "broker,controller",
        "advertised.listeners": "INTERNAL://kafka:29092",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": "1@localhost:29093",
        "node.id": "1",
    }


def test_java_gets_what_is_meant_for_it() -> None:
    given = {"KAFKA_HEAP_OPTS": "-Xms1m -Xmx2m", "KAFKA_GC_LOG_OPTS": "-Xlog:gc=off"}

    assert cp_kafka.java_options(given) == ["-Xms1m", "-Xmx2m", "-Xlog:gc=off"]


def test_a_log_of_the_collector_that_nothing_bounds_is_refused() -> None:
    with pytest.raises(Problem, match="1 GB"):
        cp_kafka.java_options({"KAFKA_HEAP_OPTS": "-Xmx2m"})


@pytest.mark.parametrize("name", SMALLEST)
def test_the_image_does_not_start_without_what_it_needs(name: str) -> None:
    with pytest.raises(Problem, match=name):
        cp_kafka.properties({**SMALLEST, name: ""})


@pytest.mark.parametrize(
    "wrong",
    [
        {"KAFKA_PORT": "9092"},
        {"KAFKA_ADVERTISED_LISTENERS": "SSL://kafka:9093"},
        {"KAFKA_ADVERTISED_LISTENERS": "SASL_PLAINTEXT://kafka:9093"},
    ],
)
def test_the_image_does_not_start_with_what_it_refuses(wrong: Mapping[str, str]) -> None:
    with pytest.raises(Problem):
        cp_kafka.properties({**SMALLEST, **wrong})


def test_a_variable_of_another_name_is_read_by_nobody() -> None:
    assert cp_kafka.unread({**SMALLEST, "KAKFA_NODE_ID": "1"}) == {"KAKFA_NODE_ID"}
