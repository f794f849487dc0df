"""The outbox, and the relay that empties it."""

from libs.metrics.declared.kinds import DELAY_S, FULLNESS, CounterOf, GaugeOf, HistogramOf, Label

TOPIC = Label("topic", about="a topic of the system")

LANE = Label("lane", ("recent", "late", "refused"))

WAITING = GaugeOf(
    name="shipyard_outbox_waiting_events",
    unit="events",
    meaning="Events that wait to be published, counted exactly up to 10,000 of all topics.",
    labels=(
        TOPIC,
        Label("state", ("new", "redriven"), about="new, redriven (published before)"),
    ),
)

REFUSED = GaugeOf(
    name="shipyard_outbox_refused_events",
    unit="events",
    meaning="Events whose last publication failed; they are tried again, counted up to 10,000.",
    labels=(
        TOPIC,
        Label(
            "reason",
            ("topic_missing", "no_leader", "not_authorized", "too_large", "no_answer", "other"),
        ),
    ),
)

OLDEST = GaugeOf(
    name="shipyard_outbox_oldest_age_seconds",
    unit="seconds",
    meaning="Age of the oldest event that is not published, refused ones included, 0 without one.",
    labels=(TOPIC,),
)

BATCH = HistogramOf(
    name="shipyard_relay_batch_events",
    unit="events",
    meaning="Events that the relay sent to Kafka together; 500 is a full batch.",
    labels=(LANE,),
    buckets=FULLNESS,
)

PUBLISHED = CounterOf(
    name="shipyard_relay_events_total",
    unit="events",
    meaning="Events that the relay sent to Kafka, by Kafka's answer.",
    labels=(LANE, Label("outcome", ("acknowledged", "refused"))),
)

DELAY = HistogramOf(
    name="shipyard_relay_delay_seconds",
    unit="seconds",
    meaning="Time from the event to Kafka's acknowledgement; of a redriven one, from its first.",
    labels=(LANE,),
    buckets=DELAY_S,
)
