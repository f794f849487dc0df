import time
from pathlib import Path

import pytest

from deploy.local.engines.ports import free_port
from tests.support.roles import running_role

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("role", ["consumer", "worker"])
def test_a_role_waits_for_its_engines_and_stops_while_they_are_down(
    role: str, tmp_path: Path
) -> None:
    environment = {
        "KAFKA_BROKERS": f"127.0.0.1:{free_port()}",
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{free_port()}/0",
        "STATE_DIR": str(tmp_path),
    }
    with running_role("assembly_service", role, environment) as process:
        process.wait_for_output("waiting_for_dependency")
        begun = time.monotonic()

        process.terminate()

        assert process.wait_for_exit(within_s=15) == 0
        assert time.monotonic() - begun < 15
