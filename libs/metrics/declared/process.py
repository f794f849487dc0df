"""What every role tells of itself, and whether the stores behind the gauges answer."""

from libs.metrics.declared.kinds import GaugeOf, Label

STORE = Label("store", ("postgresql", "redis", "kafka"))

STORE_UP = GaugeOf(
    name="shipyard_store_up",
    unit="yes or no",
    meaning="1 if the store answered this role's last look, else 0: then its gauges are absent.",
    labels=(STORE,),
)

STORE_LOOK = GaugeOf(
    name="shipyard_store_look_duration_seconds",
    unit="seconds",
    meaning="Time that the last answered look into the store took.",
    labels=(STORE,),
)

ROWS_LOCKED = GaugeOf(
    name="shipyard_rows_locked_seconds",
    unit="seconds",
    meaning="Time for which the same transaction was seen to hold rows of the service's database,"
    " 0 without one.",
)

PROCESS_THREADS = GaugeOf(
    name="shipyard_process_threads",
    unit="threads",
    meaning="Threads of the process.",
)
