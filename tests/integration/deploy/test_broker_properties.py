"""The properties of the containers' broker are properties that a broker knows."""

import re
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from tests.compose.env_files import generated_copy
from tests.compose.projects import resolved

FOR_JAVA = {"KAFKA_HEAP_OPTS", "KAFKA_GC_LOG_OPTS"}
"""Variables of the start script; every other KAFKA_* becomes a property."""

OF_A_LISTENER = re.compile(r"listener\.name\.(internal|external)\.plain\.sasl\.jaas\.config")
"""Properties that the broker does not list."""


@pytest.fixture
def asked(tmp_path: Path) -> set[str]:
    """Return the properties that the image derives from its environment."""
    core = resolved(generated_copy(tmp_path).compose_file("core"))
    given = core["services"]["kafka"]["environment"].keys() - FOR_JAVA
    return {
        name.removeprefix("KAFKA_").lower().replace("_", ".")
        for name in given
        if name.startswith("KAFKA_")
    }


@pytest.fixture
def known(kafka_admin: KafkaAdminClient) -> set[str]:
    resource = ConfigResource(ConfigResourceType.BROKER, "1")
    (settings,) = kafka_admin.describe_configs([resource], config_filter="all")["broker"].values()
    return set(settings)


def test_a_broker_knows_every_property_that_it_is_given(asked: set[str], known: set[str]) -> None:
    unknown = {name for name in asked - known if not OF_A_LISTENER.fullmatch(name)}

    assert len(asked) > 20
    assert unknown == set()


def test_a_misspelt_property_is_not_known(known: set[str]) -> None:
    assert "node.id" in known
    assert "offsets.retention.minuts" not in known
