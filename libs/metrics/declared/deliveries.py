"""What the chat is told, and what Telegram answers."""

from libs.metrics.declared.kinds import ANSWER_S, CounterOf, GaugeOf, HistogramOf, Label

STATE = Label("state", ("NEW", "SENDING", "SENT", "DEAD"))

ADDED = CounterOf(
    name="shipyard_deliveries_added_total",
    unit="deliveries",
    meaning="Events that the chat has to be told of, each counted once.",
)

SETTLED = CounterOf(
    name="shipyard_deliveries_settled_total",
    unit="deliveries",
    meaning="Deliveries after an attempt to send them, by their next state.",
    labels=(
        Label(
            "state",
            ("SENT", "NEW", "DEAD"),
            about="SENT, NEW (will be tried again), DEAD (given up)",
        ),
    ),
)

WAITING = GaugeOf(
    name="shipyard_deliveries_waiting",
    unit="deliveries",
    meaning="Deliveries that are not told yet, counted exactly up to 10,000.",
    labels=(Label("state", ("NEW", "SENDING")),),
)

OLDEST = GaugeOf(
    name="shipyard_deliveries_oldest_age_seconds",
    unit="seconds",
    meaning="Age of the oldest delivery that is not told yet, 0 without one.",
)

ESTIMATED = GaugeOf(
    name="shipyard_deliveries_estimated",
    unit="deliveries",
    meaning="All deliveries by state: an estimate from PostgreSQL's statistics, as old as its last"
    " ANALYZE.",
    labels=(STATE,),
)

CHAT_BLOCKED = GaugeOf(
    name="shipyard_chat_blocked_seconds",
    unit="seconds",
    meaning="Time for which the chat that waits longest may not be written to, after a 429 or"
    " another refusal; 0 if all may.",
)

CHAT_OUTAGES = GaugeOf(
    name="shipyard_chat_outages",
    unit="times",
    meaning="Calls in a row that Telegram did not answer, of the chat with the most of them.",
)

SEND = HistogramOf(
    name="shipyard_telegram_send_duration_seconds",
    unit="seconds",
    meaning="Time until Telegram answered a message, by its answer.",
    labels=(
        Label(
            "outcome",
            ("sent", "throttled", "ambiguous", "message_refused", "chat_refused", "bot_refused",
             "unavailable"),
            about="sent, throttled (429), ambiguous (it may have arrived), message_refused,"
            " chat_refused, bot_refused (token or account), unavailable",
        ),
    ),
    buckets=ANSWER_S,
)  # fmt: skip

BOT_POLLS = CounterOf(
    name="shipyard_bot_polls_total",
    unit="polls",
    meaning="Times that the bot asked Telegram for messages to it.",
    labels=(Label("outcome", ("answered", "failed")),),
)
