"""Starts the stack. Nothing starts unless everything can."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from filelock import FileLock

from deploy.local.configuration.busy_ports import port_problems
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import (
    daemon_of,
    plan_from_environment,
    plan_of_running,
    save_plan,
)
from deploy.local.configuration.programs import Stack
from deploy.local.engines.engine import Engine
from deploy.local.engines.kafka import Kafka
from deploy.local.errors import CannotStart
from deploy.local.supervision.processes import end_all, stack_processes
from deploy.local.supervision.readiness import Say, wait_until_ready
from libs.errors import AppError


def bring_up(folders: Folders, *, say: Say, owner_pid: int | None = None) -> Stack:
    """Start what is not running; return when everything is ready. A repeat only waits.

    With an owner, the stack is killed when that process has ended. Raises CannotStart if nothing
    was started, and NotReady.
    """
    folders.make()
    with FileLock(folders.lock):
        stack = plan_of_running(folders)
        daemon = daemon_of(stack)
        if daemon.is_running():
            say("the stack is already up")
        else:
            stack = plan_from_environment(folders)
            daemon = daemon_of(stack)
            _end_leftovers(folders, say=say)
            _prepare(stack, say=say)
            daemon.start(stack.environments.caller, owner_pid=owner_pid)
        wait_until_ready(stack.programs(), daemon.processes, say=say)
        return stack


def _end_leftovers(folders: Folders, *, say: Say) -> None:
    if stack_processes(folders):
        say("ending processes of a stack whose supervisor was killed")
        end_all(folders, timeout_s=15)


def _prepare(stack: Stack, *, say: Say) -> None:
    if problems := port_problems(stack.environments):
        raise CannotStart(*problems)
    environments = stack.environments
    if "telegram" not in environments.elsewhere and environments.caller.get("TELEGRAM_BOT_TOKEN"):
        say("TELEGRAM_CHAT_ID is not set: messages go to the sandbox, not to your bot")
    _prepare_engines(list(stack.engines()), say=say)
    for pattern in ("*/*.alive", "*.starts"):
        for of_another_run in stack.folders.state.glob(pattern):
            of_another_run.unlink()
    save_plan(stack, stack.programs())


def _prepare_engines(engines: Sequence[Engine], *, say: Say) -> None:
    if any(isinstance(engine, Kafka) and not engine.jars.exists() for engine in engines):
        say("downloading Apache Kafka (42 MB, once)")
    with ThreadPoolExecutor() as threads:
        failures = list(threads.map(_prepared, engines))
    if problems := [failure for failure in failures if failure]:
        raise CannotStart(*problems)


def _prepared(engine: Engine) -> str | None:
    try:
        engine.prepare()
    except (AppError, OSError) as error:
        return f"{engine.name}: {error}"
    return None
