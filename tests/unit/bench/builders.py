"""Runs with chosen figures."""

from collections.abc import Mapping

from tests.bench.results import Line, Result, Run


def a_line(label: str, *, cpu_ms: Mapping[str, float] | None = None, **figures: float) -> Line:
    named = {name.replace("_", " "): value for name, value in figures.items()}
    return Line(label=label, figures=named, cpu_ms=cpu_ms or {})


def a_result(name: str, *lines: Line) -> Result:
    return Result(name=name, title=name, unit="order", lines=lines)


def a_run(*results: Result, checkout: str = "here", turn: int = 1) -> Run:
    return Run(checkout=checkout, turn=turn, load_average=0.5, results=results)
