"""Reads the running system as users and operators do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

import psutil
import redis
from sqlalchemy import Engine

from deploy.local.configuration.environment import SANDBOX_CHAT
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import daemon_of
from deploy.local.configuration.programs import Stack
from deploy.local.demo.chat import SandboxChat
from deploy.local.demo.deliveries import sent_events
from deploy.local.demo.follow import follow
from deploy.local.demo.journey import Journey, Stage
from deploy.local.demo.shop import Customer
from deploy.local.demo.views import View
from deploy.local.engines.engine import LOOPBACK
from deploy.local.supervision.processes import stack_processes
from libs.postgres.engine import create_database_engine
from libs.settings.groups import PostgresSettings
from tests.support.eventually import eventually


class NoView(View):
    def __exit__(self, *_: object) -> None:
        return None

    def show(self, journeys: Sequence[Journey]) -> None:
        """Show nothing."""


@contextmanager
def notification_engine(stack: Stack) -> Iterator[Engine]:
    settings = PostgresSettings.model_validate(dict(stack.environments.notification()))
    engine = create_database_engine(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def unfinished(stack: Stack, customer: Customer, placed: Sequence[Journey]) -> list[Journey]:
    """Wait until each order is assembled and notified; return those that are not after 3 min."""
    with notification_engine(stack) as engine:
        seen = follow(
            placed,
            statuses=customer.statuses,
            sent_events=partial(sent_events, engine),
            view=NoView(),
        )
    return [journey for journey in seen if journey.stage is not Stage.NOTIFIED]


def chat_of(stack: Stack) -> SandboxChat:
    sandbox = f"http://{LOOPBACK}:{stack.environments.ports.telegram}"
    return SandboxChat(sandbox, SANDBOX_CHAT)


def flush_redis(stack: Stack) -> None:
    with redis.Redis.from_url(stack.environments.redis_url) as client:
        client.flushall()


def listening_addresses(folders: Folders) -> set[str]:
    """Return every address on which a process of the stack listens."""
    addresses: set[str] = set()
    for process in stack_processes(folders):
        with suppress(psutil.NoSuchProcess):
            for each in process.net_connections("tcp"):
                if each.status == psutil.CONN_LISTEN:
                    addresses.add(each.laddr.ip.removeprefix("::ffff:"))
    return addresses


def pid_of(stack: Stack, name: str) -> int:
    """Return the pid of a process; wait if it is being restarted."""

    def pid() -> int:
        return {each.name: each.pid for each in daemon_of(stack).processes()}[name]

    return eventually(pid, within_s=30)
