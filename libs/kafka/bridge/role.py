"""Builds and runs a consumer role: bridges, producer, heartbeat and watchdog."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import typer

from libs.clock import utc_now
from libs.health.heartbeat import Heartbeat
from libs.kafka.bridge.bridge import Bridge
from libs.kafka.bridge.malformed_limit import NO_LIMIT, STANDARD_LIMIT
from libs.kafka.bridge.pressure import PressureLimit, QueueLength, no_queue
from libs.kafka.bridge.route import STANDARD_BATCHING, Policy, Route
from libs.kafka.bridge.vitals import RoleVitals
from libs.kafka.bridge.watchdog import Watchdog
from libs.kafka.client.consumer import GroupConsumer
from libs.kafka.client.options import connection_options
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.client.readiness import ensure_readable
from libs.kafka.client.topics import Topics
from libs.kafka.consuming import Consumer
from libs.kafka.dead_letters.acceptance import Acceptance
from libs.kafka.dead_letters.writer import MAX_DEAD_LETTER_BYTES, DeadLetterWriter
from libs.lifecycle.running import run_until_stopped
from libs.settings.groups import KafkaSettings

AcceptMalformed = Annotated[
    bool,
    typer.Option(
        "--accept-malformed",
        "--accept-poison",
        help="Write every malformed record to the dead letters, however many there are.",
    ),
]
"""The argument of a consumer role's function, which passes it to policy()."""


def policy(
    *,
    accept_malformed: bool = False,
    queue_length: QueueLength = no_queue,
    queue_limit: int = 5_000,
    max_batch_time_s: float = STANDARD_BATCHING.max_batch_time_s,
) -> Policy:
    """Build the usual policy. Reading stops while the queue is longer than queue_limit."""
    return Policy(
        batching=replace(STANDARD_BATCHING, max_batch_time_s=max_batch_time_s),
        malformed_limit=NO_LIMIT if accept_malformed else STANDARD_LIMIT,
        pressure=PressureLimit.of(queue_limit),
        queue_length=queue_length,
    )


def run_bridges(
    routes: Sequence[Route[Any]],
    settings: KafkaSettings,
    heartbeat: Heartbeat,
    *,
    policy: Policy,
) -> None:
    """Run a bridge per route until SIGTERM; return after all have left their groups.

    Waits for the broker and for each topic. Exits 1 if a bridge raises an error, 70 if one hangs.
    """
    connection = connection_options(settings)
    policy = replace(policy, acceptance=Acceptance(heartbeat.state_dir))
    topics = Topics(connection)
    publisher = KafkaPublisher(connection, max_record_bytes=MAX_DEAD_LETTER_BYTES)
    watchdog = Watchdog()
    vitals = RoleVitals(heartbeat, watchdog, [route.topic for route in routes])
    bridges = [
        Bridge(
            route,
            partial(_join, route, topics, connection),
            DeadLetterWriter(publisher, group=route.group, clock=utc_now),
            vitals=vitals.of(route.topic),
            policy=policy,
        )
        for route in routes
    ]
    run_until_stopped(*bridges, watchdog, closing=[publisher.close])


def _join(route: Route[Any], topics: Topics, connection: Mapping[str, Any]) -> Consumer:
    ensure_readable(topics, route.topic)
    return GroupConsumer(connection, route.topic, route.group)
