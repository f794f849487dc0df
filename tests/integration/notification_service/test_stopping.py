"""Every role ends on SIGTERM, whatever is down."""

from pathlib import Path

from deploy.local.engines.process import EngineProcess
from libs.settings.groups import PostgresSettings
from tests.integration.notification_service.stack import NotificationStack
from tests.support.eventually import eventually
from tests.support.roles import running_role
from tests.support.servers.telegram import TelegramSandbox
from tests.unit.notification_service.builders import CHAT

SERVICE = "notification_service"
WITHIN_S = 15.0


def test_a_worker_in_the_middle_of_a_burst_ends_on_sigterm_and_loses_nothing(
    stack: NotificationStack,
) -> None:
    stack.add(200)
    stack.queue.send_soon(CHAT)
    with running_role(SERVICE, "worker", stack.environment) as process:
        process.wait_for_output("notifications_sent")

        process.terminate()

        assert process.wait_for_exit(within_s=WITHIN_S) == 0
    states = stack.states()
    assert set(states) == {"SENT", "NEW"}
    assert {row["ambiguous"] for row in stack.rows()} == {0}


def test_a_worker_whose_engines_die_while_telegram_hangs_ends_on_sigterm(
    private_redis: EngineProcess,
    private_url: str,
    private_postgres: EngineProcess,
    private_settings: PostgresSettings,
    telegram_sandbox: TelegramSandbox,
    tmp_path: Path,
) -> None:
    stack = NotificationStack(private_settings, private_url, telegram_sandbox, tmp_path)
    telegram_sandbox.break_calls("hang", accept=True)
    stack.add(1)
    stack.queue.send_soon(CHAT)
    with running_role(SERVICE, "worker", stack.environment) as worker:
        eventually(lambda: telegram_sandbox.texts(CHAT), within_s=20)
        stack.close()
        private_redis.kill()
        private_postgres.kill()

        worker.terminate()

        assert worker.wait_for_exit(within_s=WITHIN_S) == 0
