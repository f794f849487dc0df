"""What the declaration of a metric says."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal[
    "seconds", "requests", "orders", "money", "charges", "events", "records", "commits", "polls",
    "tasks", "items", "deliveries", "offset", "threads", "times", "yes or no",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A label with few values: never an id, an address or a text that somebody else writes."""

    name: str
    values: tuple[str, ...] = ()
    """All its values; empty if about says which they are."""
    about: str = ""

    @property
    def says(self) -> str:
        return self.about or ", ".join(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    name: str
    unit: Unit
    meaning: str
    """One sentence for the person who reads a panel."""
    labels: tuple[Label, ...] = ()

    @property
    def label_names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterOf(Declared):
    """Only grows, and begins at 0 with each process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeOf(Declared):
    """A state, as of the scrape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramOf(Declared):
    buckets: tuple[float, ...]
    """Upper bounds; one above all others is added."""


ANSWER_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds of a call that somebody waits for."""

DELAY_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 300.0, 900.0)
"""Seconds of something that is done later."""

FULLNESS = (1.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 499.0)
"""Sizes of a batch that holds at most 500: what is above the last bound was full."""
