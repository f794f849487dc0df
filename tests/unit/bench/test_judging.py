from tests.bench.judging import (
    BARE_ORDER,
    GENERATOR_BUDGET,
    ORDER_BUDGET,
    PAY_BUDGET,
    PAY_LINE,
    TIMES_THE_BUDGET,
    judge,
)
from tests.bench.measurements.cost import AS_MANY_AS_GO
from tests.bench.results import Result, Run
from tests.unit.bench.builders import a_line, a_result, a_run

BARE_ORDER_MS = float(sum(BARE_ORDER.values()))
"""Of layers that take a millisecond each."""


def layers() -> Result:
    return a_result("layers", *(a_line(label, cpu_ms={"it": 1.0}) for label in BARE_ORDER))


def a_judged_run(*, order_ms: float = 1.0, pay_ms: float = 1.0, generator_ms: float = 0.0) -> Run:
    order = a_line(
        AS_MANY_AS_GO,
        cpu_ms={"kafka": order_ms + 7.0},
        idle_ms=7.0,
        generator_ms=generator_ms,
    )
    pay = a_line(PAY_LINE, cpu_ms={"order-http": pay_ms, "kafka": 1000.0})
    return a_run(a_result("cost", order), a_result("rest", pay), layers())


def kept(run: Run) -> list[bool]:
    return [verdict.is_kept for verdict in judge(run)]


def test_a_run_within_its_budgets_is_kept() -> None:
    assert kept(a_judged_run()) == [True, True, True]


def test_an_order_is_measured_by_its_bare_layers_without_what_the_stack_takes_anyway() -> None:
    limit_ms = TIMES_THE_BUDGET * ORDER_BUDGET * BARE_ORDER_MS

    assert kept(a_judged_run(order_ms=limit_ms - 0.1)) == [True, True, True]
    assert kept(a_judged_run(order_ms=limit_ms + 0.1)) == [False, True, True]


def test_a_payment_is_measured_by_a_bare_route_that_uses_the_same_processes() -> None:
    limit_ms = TIMES_THE_BUDGET * PAY_BUDGET

    assert kept(a_judged_run(pay_ms=limit_ms - 0.1)) == [True, True, True]
    assert kept(a_judged_run(pay_ms=limit_ms + 0.1)) == [True, False, True]


def test_load_that_takes_much_of_the_machine_fails() -> None:
    of_8_ms = TIMES_THE_BUDGET * GENERATOR_BUDGET * 8.0

    assert kept(a_judged_run(generator_ms=of_8_ms + 0.1)) == [True, True, False]


def test_what_was_not_measured_is_not_judged() -> None:
    assert judge(a_run(layers())) == []


def test_a_verdict_says_what_was_allowed() -> None:
    failed = judge(a_judged_run(pay_ms=99.0))[1]

    assert str(failed) == "CPU of pay / of a bare route: 99.00, at most 3.20: ABOVE THE LIMIT"
