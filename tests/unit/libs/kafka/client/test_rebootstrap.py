"""Which servers a client asks about the cluster."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from kafka.net.manager import KafkaConnectionManager

from libs.kafka.client.workarounds.connections import open_net

BOOTSTRAP = "bootstrap-0"

MAX_AGE_S = 30


@pytest.fixture
def manager() -> Iterator[KafkaConnectionManager]:
    """Return the manager of a client that knows only its bootstrap server."""
    settings = {"bootstrap_servers": ["kafka:9092"], "metadata_max_age_ms": MAX_AGE_S * 1000}
    with closing(open_net(**settings)) as net:
        yield net._manager  # noqa: SLF001  # it has no other way in


def know_the_cluster_since(manager: KafkaConnectionManager, ago_s: float) -> None:
    moment_ms = int((time.monotonic() - ago_s) * 1000)
    manager.cluster._last_successful_refresh_ms = moment_ms  # noqa: SLF001


@pytest.mark.parametrize(
    ("ago_s", "asked"), [(4 * MAX_AGE_S - 5, None), (4 * MAX_AGE_S + 1, BOOTSTRAP)]
)
def test_a_bootstrap_server_is_asked_after_four_failed_refreshes(
    manager: KafkaConnectionManager, ago_s: float, asked: str | None
) -> None:
    know_the_cluster_since(manager, ago_s)

    assert manager.least_loaded_node() == asked


def test_a_server_that_has_just_refused_is_not_asked(manager: KafkaConnectionManager) -> None:
    know_the_cluster_since(manager, 4 * MAX_AGE_S + 1)
    manager.update_backoff(BOOTSTRAP)

    assert manager.least_loaded_node() is None
