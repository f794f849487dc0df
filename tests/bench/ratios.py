"""Compares two checkouts, figure by figure."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.results import Run, figures_of
from tests.bench.statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    measurement: str
    line: str
    figure: str
    base: float
    here: float

    @property
    def ratio(self) -> float:
        """Return not a number if the base's figure is zero."""
        return self.here / self.base if self.base else math.nan

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


def compare(runs: Sequence[Run], *, base: str, here: str) -> list[Ratio]:
    """Compare the medians of all turns; a figure that only one checkout has is left out."""
    bases, heres = _medians(runs, base), _medians(runs, here)
    return [
        Ratio(measurement=key[0], line=key[1], figure=key[2], base=bases[key], here=heres[key])
        for key in heres
        if key in bases
    ]


def _medians(runs: Sequence[Run], checkout: str) -> dict[tuple[str, str, str], float]:
    found: dict[tuple[str, str, str], list[float]] = {}
    for run in runs:
        if run.checkout == checkout:
            for key, value in figures_of(run).items():
                found.setdefault(key, []).append(value)
    return {key: median(values) for key, values in found.items()}
