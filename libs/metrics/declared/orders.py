"""Orders: how they move, what they earn, and how long they wait."""

from libs.metrics.declared.kinds import DELAY_S, CounterOf, GaugeOf, HistogramOf, Label

STATUS = Label("status", about="a status of an order")

ORDER_MOVES = CounterOf(
    name="shipyard_order_moves_total",
    unit="orders",
    meaning="Orders that came into this status; into the first one they come when they are made.",
    labels=(STATUS,),
)

REVENUE = CounterOf(
    name="shipyard_revenue_total",
    unit="money",
    meaning="Sum of the prices of the orders that became PAID.",
)

BUILD_TIME = HistogramOf(
    name="shipyard_order_build_seconds",
    unit="seconds",
    meaning="Build time that was chosen for a ship, counted when its order is ASSEMBLED.",
    buckets=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0),
)

LATENESS = HistogramOf(
    name="shipyard_order_lateness_seconds",
    unit="seconds",
    meaning="Time from the end of a ship's build time until its order is ASSEMBLED.",
    buckets=DELAY_S,
)

PAID_TO_ASSEMBLED = HistogramOf(
    name="shipyard_paid_to_assembled_seconds",
    unit="seconds",
    meaning="Time from PAID to ASSEMBLED.",
    buckets=(1.0, 2.5, 5.0, 7.5, 10.0, 11.0, 12.0, 15.0, 30.0, 60.0, 300.0, 900.0),
)

REDRIVEN = CounterOf(
    name="shipyard_orders_redriven_total",
    unit="orders",
    meaning="Paid orders whose ship was overdue and whose event was queued once more.",
)

RECONCILED = CounterOf(
    name="shipyard_orders_reconciled_total",
    unit="orders",
    meaning="Orders whose charge was begun, left half done, and finished by the worker.",
)

WAITING = GaugeOf(
    name="shipyard_orders_waiting",
    unit="orders",
    meaning="Orders that wait at a stage, counted exactly up to 10,000.",
    labels=(
        Label(
            "stage",
            ("being_paid", "in_doubt", "paid", "overdue"),
            about="being_paid (a charge is running), in_doubt (an operator has to settle it), paid"
            " (no ship yet), overdue (no ship 30 s after PAID; these are among the paid)",
        ),
    ),
)

OLDEST = GaugeOf(
    name="shipyard_orders_oldest_age_seconds",
    unit="seconds",
    meaning="Time since the order that waits longest came to this stage, 0 without one.",
    labels=(Label("stage", ("being_paid", "in_doubt", "paid")),),
)

ESTIMATED = GaugeOf(
    name="shipyard_orders_estimated",
    unit="orders",
    meaning="All orders by status: an estimate from PostgreSQL's statistics, as old as its last"
    " ANALYZE.",
    labels=(STATUS,),
)
