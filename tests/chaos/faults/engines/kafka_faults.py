"""Kafka stopped, restarted, frozen."""

import time
from collections.abc import Iterator
from functools import partial

from libs.contracts.events.declared import ORDER_PAID
from tests.chaos.faults.engines.engine_faults import (
    forget_ships,
    freeze_engine,
    kill_engine,
    redrives,
)
from tests.chaos.faults.engines.topic_faults import lose_topics
from tests.chaos.judging.measures.answers import worse
from tests.chaos.scenario import RunningSystem, Scenario, nothing_held
from tests.support.servers.broker import records_of

KAFKA = "kafka"

BASELINE_S = 15.0
"""Seconds of answers before the fault, to compare with."""

OUTAGE_S = 15 * 60.0

RESTARTED_AFTER_S = 20.0

FREEZES_S = (3.0, 12.0, 6.0, 15.0)
"""Shorter and longer than the 5 s of a request's and the 8 s of a record's timeout."""

SETTLES_S = 4.0


def outlast_outage(system: RunningSystem, *, down_s: float) -> int:
    """Kill Kafka while ships are forgotten; customers must not notice."""
    kafka = system.engines[KAFKA]
    began_at_s = time.monotonic()
    system.go_on_for(BASELINE_S)
    forget_ships(system)
    asked_again = redrives(system)
    killed_at_s = time.monotonic()
    kafka.kill()
    system.go_on_for(down_s)
    started_at_s = time.monotonic()
    if redrives(system) == asked_again:
        system.complaints.append("forgotten ships were not redriven while it was down")
    kafka.restart()
    given = system.load.given
    system.afterwards.append(
        lambda: worse(
            given(since_s=began_at_s, until_s=killed_at_s),
            given(since_s=killed_at_s, until_s=started_at_s),
        )
    )
    return 1


def restart_twice(system: RunningSystem) -> int:
    """Restart it, and once more while clients are reconnecting."""
    kill_engine(system, name=KAFKA, down_s=3.0)
    system.go_on_for(RESTARTED_AFTER_S)
    kill_engine(system, name=KAFKA, down_s=3.0)
    return 2


def freeze_during_sends(system: RunningSystem) -> int:
    """Freeze it repeatedly; some records must be written although their writer timed out."""
    for for_s in FREEZES_S:
        freeze_engine(system, name=KAFKA, for_s=for_s)
        system.go_on_for(SETTLES_S)
    system.afterwards.append(lambda: unshown(unknowingly_written(system)))
    return len(FREEZES_S)


def unshown(written: int) -> Iterator[str]:
    if not written:
        yield "no send was in flight when Kafka froze: the run proves nothing"


def unknowingly_written(system: RunningSystem) -> int:
    """Count the OrderPaid records in the topic beyond the ones that were meant to be sent.

    Call it in a quiet system: each redrive has been sent by then.
    """
    values = [record.value for record in records_of(system.brokers, ORDER_PAID.topic)]
    return max(0, len(values) - len(set(values)) - redrives(system))


KAFKA_SCENARIOS = (
    nothing_held(
        "kafka-kill",
        "Kafka killed, back after 60 s; customers notice nothing",
        partial(outlast_outage, down_s=60.0),
    ),
    nothing_held("kafka-twice", "Kafka killed and started twice in a minute", restart_twice),
    nothing_held(
        "kafka-freeze",
        "Kafka frozen four times in the middle of sends, for 3 to 15 s",
        freeze_during_sends,
    ),
    Scenario(
        "kafka-missing-topic",
        "the topics are deleted for 40 s, and once more for a moment",
        lose_topics,
    ),
    nothing_held(
        "kafka-outage",
        "Kafka down for 15 minutes; customers notice nothing",
        partial(outlast_outage, down_s=OUTAGE_S),
        per_s=0.8,
    ),
)
