"""Deleted topics."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing

from kafka import KafkaAdminClient

from deploy.local.configuration.folders import ROOT
from libs.errors import Unavailable
from order_service.client.evidence import see_progress
from order_service.model.evidence import Progress
from order_service.service.background.invariants import behind
from tests.chaos.faults.role_faults import CONSUMERS
from tests.chaos.judging.evidence import READ_BY
from tests.chaos.scenario import RunningSystem
from tests.support.eventually import eventually

TOPICS = frozenset(READ_BY.values())
WRITERS = ("order-relay", "assembly-worker")

MISSING_S = 40.0
READ_WITHIN_S = 20.0
CREATED_WITHIN_S = 60.0


def lose_topics(system: RunningSystem) -> int:
    """Delete both topics; meanwhile restart all roles without them.

    Then delete and re-create them so fast that no reader sees them missing.
    """
    delete_topics(system)
    system.go_on_for(MISSING_S / 2)
    for name in (*CONSUMERS, *WRITERS):
        system.roles.kill(name)
    system.roles.watch()
    system.go_on_for(MISSING_S / 2)
    create_topics(system)
    wait_until_read(system)
    delete_topics(system)
    create_topics(system)
    return 2 * len(TOPICS)


def delete_topics(system: RunningSystem) -> None:
    """Delete the topics once every group has read all of them.

    A record in a deleted topic is lost. An acknowledged record that a group has not read
    would be a loss that no client can fix.
    """
    with (
        system.roles.frozen(*WRITERS),
        closing(KafkaAdminClient(bootstrap_servers=system.brokers)) as admin,
    ):
        wait_until_read(system)
        admin.delete_topics(sorted(TOPICS))


def create_topics(system: RunningSystem) -> None:
    """Create the topics as an operator does. Raises CalledProcessError."""
    subprocess.run(
        [sys.executable, "-m", "libs.kafka", "topics"],
        env={**system.chaos.stack.environments.kafka(), "PYTHONPATH": str(ROOT)},
        check=True,
        timeout=CREATED_WITHIN_S,
        capture_output=True,
    )


def wait_until_read(system: RunningSystem) -> None:
    """Wait until every group has committed the end; the load must be paused."""
    wait_for_progress(system, lambda seen: not any(behind(seen)), within_s=READ_WITHIN_S)


def wait_for_progress(
    system: RunningSystem, is_enough: Callable[[Sequence[Progress]], bool], *, within_s: float
) -> None:
    def look() -> bool:
        try:
            return is_enough(progress_of(system))
        except Unavailable:
            return False

    eventually(look, within_s=within_s)


def progress_of(system: RunningSystem) -> tuple[Progress, ...]:
    """Return every group's progress. Raises Unavailable."""
    return see_progress({"bootstrap_servers": system.brokers}, TOPICS, expected=READ_BY)
