"""Judges a run by ratios of its own figures, which the speed of the machine leaves alone.

A budget is the ratio that the code is known to reach. A run fails above twice of it: that is more
than noise explains, and less than a careless change costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.measurements.cost import AS_MANY_AS_GO, IDLE
from tests.bench.results import Line, Run

TIMES_THE_BUDGET = 2.0

BARE_ORDER: Mapping[str, int] = {
    "bare route: pay": 1,
    "kafka-python: produce": 2,
    "kafka-python: consume": 4,
    "one UPDATE of all": 1,
}
"""How often an order passes each layer: two events, each read by two services. Celery is left out,
because ships share tasks."""

ORDER_BUDGET = 3.0
PAY_BUDGET = 1.6
GENERATOR_BUDGET = 0.025

OF_A_PAYMENT = ("order-http", "postgres", "payment-grpc")
"""The processes that a bare route has too."""

PAY_LINE = "pay, no downstream, 16 at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    ratio_of: str
    ratio: float
    budget: float

    @property
    def is_kept(self) -> bool:
        return self.ratio <= TIMES_THE_BUDGET * self.budget

    def __str__(self) -> str:
        limit = TIMES_THE_BUDGET * self.budget
        kept = "kept" if self.is_kept else "ABOVE THE LIMIT"
        return f"{self.ratio_of}: {self.ratio:.2f}, at most {limit:.2f}: {kept}"


def judge(run: Run) -> list[Verdict]:
    """Return a verdict for each ratio whose figures the run has."""
    order = _line(run, "cost", AS_MANY_AS_GO)
    route, pay = _line(run, "layers", "bare route: pay"), _line(run, "rest", PAY_LINE)
    verdicts: list[Verdict] = []
    if order and (bare := _bare_order_ms(run)):
        own_ms = order.total_cpu_ms - order.figures[IDLE]
        verdicts.append(
            Verdict(
                ratio_of="CPU of an order / of its bare layers",
                ratio=own_ms / bare,
                budget=ORDER_BUDGET,
            )
        )
    if route and pay:
        verdicts.append(
            Verdict(
                ratio_of="CPU of pay / of a bare route",
                ratio=sum(pay.cpu_ms.get(name, 0.0) for name in OF_A_PAYMENT) / route.total_cpu_ms,
                budget=PAY_BUDGET,
            )
        )
    if order:
        share = order.figures["generator ms"] / order.total_cpu_ms
        verdicts.append(
            Verdict(ratio_of="CPU of the load / of the stack", ratio=share, budget=GENERATOR_BUDGET)
        )
    return verdicts


def _bare_order_ms(run: Run) -> float:
    """Return 0 if a layer was not measured."""
    lines = {label: _line(run, "layers", label) for label in BARE_ORDER}
    known = {label: line.total_cpu_ms for label, line in lines.items() if line}
    if len(known) < len(BARE_ORDER):
        return 0.0
    return sum(times * known[label] for label, times in BARE_ORDER.items())


def _line(run: Run, measurement: str, label: str) -> Line | None:
    result = run.result(measurement)
    return result.line(label) if result else None
