"""The worker role as a process, on PostgreSQL, Redis and the Telegram sandbox."""

import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.engines.ports import free_port
from libs.health.heartbeat import last_touches, unhealthy_reason
from libs.lifecycle.crashing import EXIT_KILLED
from notification_service.client.celery_send_queue import MAX_WAITING_HINTS
from tests.integration.notification_service.stack import NotificationStack, events
from tests.support.eventually import eventually
from tests.support.roles import running_role
from tests.unit.notification_service.builders import CHAT

pytestmark = pytest.mark.timeout(120)

SERVICE = "notification_service"


def test_several_workers_send_a_burst_at_the_rate_limit_of_telegram_each_event_once(
    stack: NotificationStack,
) -> None:
    burst = events(200)
    with ExitStack() as roles:
        for _ in range(2):
            roles.enter_context(running_role(SERVICE, "worker", stack.environment))
        for start in range(0, 200, 20):
            stack.deliveries.add(burst[start : start + 20], CHAT)
            for _ in range(5):
                stack.queue.send_soon(CHAT)

        eventually(stack.all_sent, within_s=30)

    assert [stack.times_sent(event) for event in burst] == [1] * 200
    assert stack.telegram.calls() == {"sendmessage 200": len(stack.telegram.texts(CHAT))}
    assert len(stack.telegram.texts(CHAT)) <= 14


def test_a_worker_without_its_engines_waits_healthy(stack: NotificationStack) -> None:
    health = Path(stack.environment["STATE_DIR"]), f"{SERVICE}.worker"
    nobody = str(free_port())
    nowhere = {"POSTGRES_PORT": nobody, "CELERY_BROKER_URL": f"redis://127.0.0.1:{nobody}/0"}

    with running_role(SERVICE, "worker", {**stack.environment, **nowhere}) as worker:
        worker.wait_for_output("waiting_for_dependency", within_s=60)
        (first_touch,) = last_touches(*health).values()
        eventually(lambda: max(last_touches(*health).values()) > first_touch + 2, within_s=20)
        assert unhealthy_reason(*health) is None
        worker.terminate()

        assert worker.wait_for_exit() == 0


def test_hints_do_not_pile_up_while_no_worker_is_there(stack: NotificationStack) -> None:
    for _ in range(3 * MAX_WAITING_HINTS):
        stack.queue.send_soon(CHAT)

    assert stack.waiting() == MAX_WAITING_HINTS


def test_a_lost_hint_is_found_by_the_sweep(stack: NotificationStack) -> None:
    stack.add(1)

    with running_role(SERVICE, "worker", stack.environment):
        eventually(stack.all_sent, within_s=20)


@pytest.mark.parametrize(
    ("label", "times_sent"), [("after_delivery_claim", 1), ("after_telegram_send", 2)]
)
def test_a_worker_that_dies_around_the_send_leaves_an_ambiguous_row_that_is_sent_again(
    stack: NotificationStack, label: str, times_sent: int
) -> None:
    (event,) = stack.add(1)
    stack.queue.send_soon(CHAT)
    with running_role(SERVICE, "worker", {**stack.environment, "CRASH_AT": label}) as dying:
        assert dying.wait_for_exit() == EXIT_KILLED
    assert stack.states() == ["SENDING"]
    stack.end_lease()

    with running_role(SERVICE, "worker", stack.environment):
        eventually(stack.all_sent, within_s=20)

    assert stack.times_sent(event) == times_sent
    assert [row["ambiguous"] for row in stack.rows()] == [1]


def test_a_worker_frozen_past_its_lease_and_then_woken_changes_nothing(
    stack: NotificationStack,
) -> None:
    (event,) = stack.add(1)
    stack.queue.send_soon(CHAT)
    stack.telegram.break_calls("hang", accept=True, calls=1)
    with running_role(SERVICE, "worker", stack.environment) as frozen:
        eventually(lambda: stack.times_sent(event) == 1, within_s=20)
        frozen.signal(signal.SIGSTOP)
        stack.telegram.clear_faults()
        stack.end_lease()
        with running_role(SERVICE, "worker", stack.environment):
            eventually(stack.all_sent, within_s=20)
            told = stack.rows()
            frozen.signal(signal.SIGCONT)
            frozen.wait_for_output("lease_lost_while_sending", within_s=20)

    assert stack.rows() == told
    assert told[0]["ambiguous"] == 1
    assert stack.times_sent(event) == 2


def test_the_token_is_in_no_log_and_on_no_command_line(stack: NotificationStack) -> None:
    stack.add(1)
    stack.telegram.break_calls("answer", status=401, calls=1)
    stack.telegram.break_calls("drop", calls=1)
    stack.queue.send_soon(CHAT)

    with running_role(SERVICE, "worker", {**stack.environment, "LOGGER_LEVEL": "debug"}) as worker:
        worker.wait_for_output("TELEGRAM_BOT_TOKEN", within_s=20)
        stack.end_pauses()
        eventually(lambda: stack.telegram.calls().get("sendmessage 401") == 1)
        eventually(lambda: stack.rows()[0]["ambiguous"] == 1, within_s=20)

        assert stack.telegram.token not in worker.output
        assert stack.telegram.token not in Path(f"/proc/{worker.pid}/cmdline").read_text()
