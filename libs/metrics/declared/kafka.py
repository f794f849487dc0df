"""Consumers, their groups, and dead letters."""

from libs.metrics.declared.kinds import (
    ANSWER_S,
    FULLNESS,
    CounterOf,
    GaugeOf,
    HistogramOf,
    Label,
)
from libs.metrics.declared.outbox import TOPIC

GROUP = Label("group", about="a consumer group of the system")

PLACE = (GROUP, TOPIC, Label("partition", about="a number of a partition"))

BATCH = HistogramOf(
    name="shipyard_consumer_batch_records",
    unit="records",
    meaning="Records that a consumer handed off together; 500 is a full batch.",
    labels=(TOPIC, GROUP),
    buckets=FULLNESS,
)

HAND_OFF = HistogramOf(
    name="shipyard_consumer_hand_off_duration_seconds",
    unit="seconds",
    meaning="Time from the first attempt to hand a batch off until it was accepted.",
    labels=(TOPIC, GROUP),
    buckets=(*ANSWER_S, 30.0, 60.0, 300.0),
)

HAND_OFF_RETRIES = CounterOf(
    name="shipyard_consumer_hand_off_retries_total",
    unit="times",
    meaning="Attempts to hand a batch off that failed and are repeated.",
    labels=(TOPIC, GROUP),
)

PAUSED = CounterOf(
    name="shipyard_consumer_paused_seconds_total",
    unit="seconds",
    meaning="Time in which a consumer read nothing on purpose.",
    labels=(
        TOPIC,
        GROUP,
        Label(
            "reason",
            ("hand_off", "queue", "malformed"),
            about="hand_off (a batch is not accepted), queue (too many tasks wait, or Redis is"
            " away), malformed (the malformed-record limit is reached)",
        ),
    ),
)

MALFORMED = CounterOf(
    name="shipyard_consumer_malformed_records_total",
    unit="records",
    meaning="Records that could not be read as an event; a batch that is read again counts again.",
    labels=(TOPIC, GROUP),
)

DEAD_LETTERS = CounterOf(
    name="shipyard_consumer_dead_letters_total",
    unit="records",
    meaning="Malformed records that were written to the dead letters.",
    labels=(TOPIC, GROUP),
)

COMMIT_FAILURES = CounterOf(
    name="shipyard_consumer_commit_failures_total",
    unit="commits",
    meaning="Commits of offsets that failed and are repeated.",
    labels=(TOPIC, GROUP),
)

POLL_FAILURES = CounterOf(
    name="shipyard_consumer_poll_failures_total",
    unit="polls",
    meaning="Polls that failed and are repeated.",
    labels=(TOPIC, GROUP),
)

LAG = GaugeOf(
    name="shipyard_group_lag_records",
    unit="records",
    meaning="Records that a group has not committed, also of a group without a living consumer.",
    labels=PLACE,
)

COMMITTED = GaugeOf(
    name="shipyard_group_committed_offset",
    unit="offset",
    meaning="Offset at which the group would go on after a restart.",
    labels=PLACE,
)

LAST_COMMIT = GaugeOf(
    name="shipyard_group_last_commit_timestamp_seconds",
    unit="seconds",
    meaning="Time at which the committed offset was last seen to move, absent until it has moved"
    " once since the relay started.",
    labels=PLACE,
)

DEAD_LETTER_RECORDS = GaugeOf(
    name="shipyard_dead_letter_records",
    unit="records",
    meaning="Dead letters that the topic's dead-letter topic holds, replayed ones included.",
    labels=(TOPIC,),
)
