"""Calls that come in, and the calls of theirs that cost a customer money."""

from libs.metrics.declared.kinds import ANSWER_S, CounterOf, HistogramOf, Label

HTTP_REQUEST = HistogramOf(
    name="shipyard_http_request_duration_seconds",
    unit="seconds",
    meaning="Time from a whole request to its answer, the wait for a thread included.",
    labels=(
        Label("route", about="the view that answered, `none` without one"),
        Label("status", about="the HTTP status"),
    ),
    buckets=ANSWER_S,
)

GRPC_CALL = HistogramOf(
    name="shipyard_grpc_call_duration_seconds",
    unit="seconds",
    meaning="Time from the request of a call to the server's reply.",
    labels=(
        Label("method", about="the full name of the method"),
        Label("code", about="the gRPC status"),
    ),
    buckets=ANSWER_S,
)

CHARGE = CounterOf(
    name="shipyard_charges_total",
    unit="charges",
    meaning="Attempts to charge an order, by what came of them.",
    labels=(
        Label(
            "outcome",
            ("charged", "declined", "invalid", "in_doubt", "timed_out", "unavailable"),
        ),
    ),
)
