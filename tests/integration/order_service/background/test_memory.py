import psutil
import pytest

from libs.health.heartbeat import last_touches
from tests.integration.order_service.background.roles import OrderLine
from tests.support.eventually import eventually
from tests.support.roles import StartRole

LARGEST_PSS_MB = 90


@pytest.mark.parametrize("role", ["relay", "consumer", "worker"])
def test_an_idle_role_is_small(role: str, line: OrderLine, start_role: StartRole) -> None:
    process = psutil.Process(start_role(role).pid)

    eventually(lambda: last_touches(line.state_dir, f"order_service.{role}"), within_s=20)

    assert process.memory_full_info().pss < LARGEST_PSS_MB * 1024**2
