"""What a measurement returns."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a measurement: its figures by name, such as "p99 ms"."""

    label: str
    figures: Mapping[str, float]
    cpu_ms: Mapping[str, float] = field(default_factory=dict)
    """CPU milliseconds per unit of work, by process."""

    @property
    def total_cpu_ms(self) -> float:
        return sum(self.cpu_ms.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    name: str
    title: str
    lines: tuple[Line, ...]
    unit: str = ""
    """The unit of work that CPU is counted by, such as "order"."""

    def line(self, label: str) -> Line | None:
        return next((line for line in self.lines if line.label == label), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One turn of one checkout."""

    checkout: str
    turn: int
    load_average: float
    """Of the last minute, when the turn began: what else this machine does."""
    results: tuple[Result, ...]
    failures: Mapping[str, str] = field(default_factory=dict)
    """Why a measurement has no result."""

    def result(self, name: str) -> Result | None:
        return next((result for result in self.results if result.name == name), None)


def to_json(run: Run) -> dict[str, Any]:
    return asdict(run)


def figures_of(run: Run) -> dict[tuple[str, str, str], float]:
    """Return every figure of a run by measurement, line and name; CPU as a sum."""
    found: dict[tuple[str, str, str], float] = {}
    for result in run.results:
        for line in result.lines:
            for name, value in line.figures.items():
                found[result.name, line.label, name] = value
            if line.cpu_ms:
                found[result.name, line.label, f"CPU ms/{result.unit}"] = line.total_cpu_ms
    return found
