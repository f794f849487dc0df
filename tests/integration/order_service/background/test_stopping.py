import time
from pathlib import Path

import psutil
import pytest

from deploy.local.engines.ports import free_port
from libs.health.heartbeat import last_touches
from tests.integration.order_service.background.roles import NO_PEERS, OrderLine, StartRole
from tests.support.eventually import eventually
from tests.support.roles import running_role

pytestmark = pytest.mark.engine

LARGEST_PSS_MB = 90


@pytest.mark.parametrize(
    ("role", "waits"),
    [
        ("relay", "relay_held_up"),
        ("consumer", "waiting_for_dependency"),
        ("worker", "waiting_for_dependency"),
    ],
)
def test_a_role_waits_for_its_engines_and_stops_while_they_are_down(
    role: str, waits: str, tmp_path: Path
) -> None:
    environment = {
        "KAFKA_BROKERS": f"127.0.0.1:{free_port()}",
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{free_port()}/0",
        "STATE_DIR": str(tmp_path),
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": str(free_port()),
        "POSTGRES_USER": "nobody",
        "POSTGRES_PASSWORD": "nothing",
        "POSTGRES_DB": "nowhere",
        **NO_PEERS,
    }
    with running_role("order_service", role, environment) as process:
        process.wait_for_output(waits)
        begun = time.monotonic()

        process.terminate()

        assert process.wait_for_exit(within_s=15) == 0
        assert time.monotonic() - begun < 15


@pytest.mark.parametrize("role", ["relay", "consumer", "worker"])
def test_an_idle_role_is_small(role: str, line: OrderLine, start_role: StartRole) -> None:
    process = psutil.Process(start_role(role).pid)

    eventually(lambda: last_touches(line.state_dir, f"order_service.{role}"), within_s=20)

    assert process.memory_full_info().pss < LARGEST_PSS_MB * 1024**2
