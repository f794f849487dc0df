"""Every role ends on SIGTERM while its engines are down."""

import pytest

from libs.lifecycle.stopping import EXIT_STOPPED
from tests.support.roles import running_role

WAITS = "waiting_for_dependency"


@pytest.mark.parametrize(
    ("service", "role", "says", "exit_code"),
    [
        ("order_service", "relay", "relay_held_up", 0),
        ("order_service", "consumer", WAITS, 0),
        ("order_service", "worker", WAITS, 0),
        ("inventory_service", "grpc", WAITS, 0),
        ("inventory_service", "migrate", WAITS, EXIT_STOPPED),
        ("payment_service", "grpc", "serving_began", 0),
        ("assembly_service", "consumer", WAITS, 0),
        ("assembly_service", "worker", WAITS, 0),
        ("notification_service", "consumer", WAITS, 0),
        ("notification_service", "worker", WAITS, 0),
        ("notification_service", "bot", "telegram_not_answering", 0),
        ("notification_service", "grpc", WAITS, 0),
    ],
)
def test_on_sigterm_while_its_engines_are_down_a_role_succeeds_and_a_job_fails(
    nothing_runs: dict[str, str], service: str, role: str, says: str, exit_code: int
) -> None:
    with running_role(service, role, nothing_runs) as process:
        process.wait_for_output(says)

        process.terminate()

        assert process.wait_for_exit(within_s=15) == exit_code
