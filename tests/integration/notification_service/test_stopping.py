"""Every role ends on SIGTERM, whatever is down."""

from pathlib import Path

import pytest

from libs.testing.roles import running_role
from libs.testing.telegram import TOKEN
from tests.integration.notification_service.world import World, events
from tests.unit.notification_service.builders import CHAT

SERVICE = "notification_service"
WITHIN_S = 15.0
NOWHERE = "127.0.0.1:1"


@pytest.fixture
def nothing_runs(tmp_path: Path) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT_ID": "42",
        "TELEGRAM_API_URL": f"http://{NOWHERE}",
        "KAFKA_BROKERS": NOWHERE,
        "CELERY_BROKER_URL": f"redis://{NOWHERE}/0",
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": "1",
        "POSTGRES_USER": "nobody",
        "POSTGRES_PASSWORD": "nothing",
        "POSTGRES_DB": "none",
        "STATE_DIR": str(tmp_path),
    }


@pytest.mark.parametrize(
    ("role", "waits_for"),
    [
        ("worker", "waiting_for_dependency"),
        ("consumer", "waiting_for_dependency"),
        ("bot", "telegram_not_answering"),
    ],
)
def test_a_role_that_waits_for_its_engines_ends_on_sigterm(
    nothing_runs: dict[str, str], role: str, waits_for: str
) -> None:
    with running_role(SERVICE, role, nothing_runs) as process:
        process.wait_for_output(waits_for)

        process.terminate()

        assert process.wait_for_exit(within_s=WITHIN_S) == 0


@pytest.mark.engine
def test_a_worker_in_the_middle_of_a_burst_ends_on_sigterm_and_loses_nothing(
    world: World,
) -> None:
    world.deliveries.add(events(200), CHAT)
    world.queue.send_soon(CHAT)
    with running_role(SERVICE, "worker", world.environment) as process:
        process.wait_for_output("notifications_sent")

        process.terminate()

        assert process.wait_for_exit(within_s=WITHIN_S) == 0
    states = world.states()
    assert set(states) == {"SENT", "NEW"}
    assert {row["ambiguous"] for row in world.rows()} == {0}


@pytest.mark.engine
def test_a_worker_that_lost_redis_and_postgresql_while_telegram_hangs_ends_on_sigterm(
    world: World,
) -> None:
    world.telegram.break_calls("hang")
    world.deliveries.add(events(1), CHAT)
    world.queue.send_soon(CHAT)
    with running_role(SERVICE, "worker", world.environment) as process:
        process.wait_for_output("ready", within_s=20)

        process.terminate()

        assert process.wait_for_exit(within_s=WITHIN_S) == 0
