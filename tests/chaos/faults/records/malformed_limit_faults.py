"""Topics with malformed records only: consumption must stop until an operator accepts them."""

from collections.abc import Mapping
from contextlib import ExitStack

from deploy.local.supervision.readiness import pending_reasons
from libs.kafka.client.options import connection_options
from libs.kafka.types import TopicPartition
from order_service.client.evidence import see_progress
from tests.chaos.faults.records.malformed import GROUPS, KEY, kafka_settings, malformed_writer
from tests.chaos.faults.role_faults import CONSUMERS
from tests.chaos.scenario import RunningSystem, Scenario
from tests.support.roles import running_role

BURST = 300
PARTITION = 0

STOPPED_WITHIN_S = 30.0
UNHEALTHY_WITHIN_S = 5.0
"""A consumer logs that the limit is reached and ends its turn before its heartbeat stops."""

HELD_FOR_S = 8.0
ACCEPTED_WITHIN_S = 60.0

TOPICS_READ = {"order-consumer": 1, "assembly-consumer": 1, "notification-consumer": 2}
"""Role to the topics that it reads."""

Committed = Mapping[str, Mapping[TopicPartition, int]]


def only_malformed(system: RunningSystem) -> int:
    """Fill a partition of each topic with malformed records, look, and accept them."""
    with malformed_writer(system) as strangers:
        for topic in GROUPS:
            strangers.write_many(topic, KEY, b"\xff malformed", count=BURST, partition=PARTITION)
    for name, topics in TOPICS_READ.items():
        _expect_stopped(system, name, topics)
    held_at = _committed(system)
    system.go_on_for(HELD_FOR_S)
    if (now_at := _committed(system)) != held_at:
        system.complaints.append(f"a group that reached the limit went from {held_at} to {now_at}")
    _accept_malformed(system)
    return BURST * len(GROUPS)


def _expect_stopped(system: RunningSystem, name: str, topics: int) -> None:
    def said() -> int:
        return system.log_of(name).count('"malformed_record_limit_reached"')

    system.expect(
        lambda: said() == topics,
        lambda: f"{name} said {said()} times that the limit is reached",
        within_s=STOPPED_WITHIN_S,
    )
    system.expect(
        lambda: name in pending_reasons(system.chaos.programs, system.roles.processes()),
        lambda: f"{name} holds and passes its health check",
        within_s=UNHEALTHY_WITHIN_S,
    )


def _committed(system: RunningSystem) -> Committed:
    options = connection_options(kafka_settings(system))
    return {each.group: each.committed for each in see_progress(options, GROUPS, expected={})}


def _accept_malformed(system: RunningSystem) -> None:
    """Run each consumer with --accept-malformed until it has passed them, then as before."""
    for name in CONSUMERS:
        system.roles.stop(name)
    with ExitStack() as accepting:
        roles = []
        for name in CONSUMERS:
            service, _, role = name.partition("-")
            environment = system.chaos.environment_of(name)
            started = running_role(f"{service}_service", role, environment, "--accept-malformed")
            roles.append(accepting.enter_context(started))
        system.expect(
            lambda: _is_behind(system),
            lambda: "--accept-malformed did not continue",
            within_s=ACCEPTED_WITHIN_S,
        )
        for process in roles:
            process.terminate()
        for process in roles:
            process.wait_for_exit()
    for name in CONSUMERS:
        system.roles.start(name)


def _is_behind(system: RunningSystem) -> bool:
    committed = _committed(system)
    return all(
        committed[each.group].get(TopicPartition(each.topic, each.partition), 0) > each.offset
        for each in system.malformed
    )


MALFORMED_LIMIT_SCENARIOS = (
    Scenario(
        "malformed-only",
        "topics with malformed records only stop consumption until an operator accepts it",
        only_malformed,
    ),
)
