"""Every role ends on SIGTERM, whatever is down."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.local.engines.ports import free_port
from deploy.local.engines.postgres import Postgres
from deploy.local.engines.process import EngineProcess
from deploy.local.engines.valkey import Valkey
from libs.settings.groups import PostgresSettings
from tests.integration.notification_service.stack import NotificationStack, events
from tests.support.eventually import eventually
from tests.support.roles import running_role
from tests.support.servers.telegram import TOKEN, TelegramSandbox
from tests.unit.notification_service.builders import CHAT

SERVICE = "notification_service"
WITHIN_S = 15.0
NOWHERE = "127.0.0.1:1"
DATABASE = "notification"
PASSWORD = "only-on-loopback"  # noqa: S105  # of a server that lives as long as a test


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
    stack: NotificationStack,
) -> None:
    stack.deliveries.add(events(200), CHAT)
    stack.queue.send_soon(CHAT)
    with running_role(SERVICE, "worker", stack.environment) as process:
        process.wait_for_output("notifications_sent")

        process.terminate()

        assert process.wait_for_exit(within_s=WITHIN_S) == 0
    states = stack.states()
    assert set(states) == {"SENT", "NEW"}
    assert {row["ambiguous"] for row in stack.rows()} == {0}


@pytest.mark.engine
def test_a_worker_whose_engines_die_while_telegram_hangs_ends_on_sigterm(
    telegram_sandbox: TelegramSandbox, tmp_path: Path
) -> None:
    redis = Valkey(state=tmp_path / "redis", port=free_port())
    server = Postgres(
        state=tmp_path / "postgres",
        port=free_port(),
        superuser_password=PASSWORD,
        databases={DATABASE: PASSWORD},
    )
    with EngineProcess(redis) as redis_process, EngineProcess(server) as server_process:
        stack = NotificationStack(
            postgres_settings(server.port), f"{redis.url}/0", telegram_sandbox, tmp_path
        )
        telegram_sandbox.break_calls("hang", accept=True)
        stack.deliveries.add(events(1), CHAT)
        stack.queue.send_soon(CHAT)
        with running_role(SERVICE, "worker", stack.environment) as worker:
            eventually(lambda: telegram_sandbox.texts(CHAT), within_s=20)
            stack.close()
            redis_process.kill()
            server_process.kill()

            worker.terminate()

            assert worker.wait_for_exit(within_s=WITHIN_S) == 0


def postgres_settings(port: int) -> PostgresSettings:
    return PostgresSettings(
        POSTGRES_HOST="127.0.0.1",
        POSTGRES_PORT=port,
        POSTGRES_USER=DATABASE,
        POSTGRES_PASSWORD=SecretStr(PASSWORD),
        POSTGRES_DB=DATABASE,
        POSTGRES_SSL_MODE="disable",
    )
