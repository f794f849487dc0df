"""Looks again and again at a screen and at the alerts, until both showed what is wanted."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self


class Alert(NamedTuple):
    """An alert with labels: all that it has, or those that matter."""

    name: str
    labels: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, name: str, **labels: str) -> Self:
        return cls(name, frozenset(labels.items()))

    def includes(self, other: Self) -> bool:
        """Tell whether the other one has this name and at least these labels."""
        return self.name == other.name and self.labels <= other.labels

    def __str__(self) -> str:
        values = " ".join(value for _, value in sorted(self.labels, reverse=True))
        return f"{self.name} {values}".rstrip()


class Active(NamedTuple):
    """Whether an alert fires, or would if its cause lasted, and what it says."""

    is_firing: bool
    says: str


Alerts = Mapping[Alert, Active]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the screen and the alerts showed, so many seconds after the first look began."""

    after_s: float
    screen: str
    alerts: Alerts

    def shows(self, words: str) -> bool:
        return words in " ".join(self.screen.split())

    def firing(self) -> list[Alert]:
        return [alert for alert, active in self.alerts.items() if active.is_firing]


class Sign(NamedTuple):
    """Something to be seen, and how long to look for it."""

    is_in: Callable[[Look], object]
    within_s: float


class Seen(NamedTuple):
    """The first look that had the sign, or the last one; after_s is None if none had it."""

    look: Look
    after_s: float | None


@dataclass(frozen=True, slots=True)
class Watched:
    signs: Sequence[Seen]
    """In the order in which they were wanted."""
    fired: Mapping[Alert, tuple[float, str]] = field(default_factory=dict)
    """When each alert was first seen to fire, and what it said."""


def watch(
    look: Callable[[], tuple[str, Alerts]],
    *wanted: Sign,
    ticks: Callable[[], float] = time.monotonic,
) -> Watched:
    """Look until each sign was seen, or was looked for long enough."""
    begun_s = ticks()
    found: dict[Sign, Seen] = {}
    fired: dict[Alert, tuple[float, str]] = {}
    while len(found) < len(wanted):
        screen, alerts = look()
        now = Look(after_s=ticks() - begun_s, screen=screen, alerts=alerts)
        for alert in now.firing():
            fired.setdefault(alert, (now.after_s, alerts[alert].says))
        for sign in wanted:
            if sign not in found and sign.is_in(now):
                found[sign] = Seen(now, now.after_s)
            elif sign not in found and now.after_s > sign.within_s:
                found[sign] = Seen(now, None)
    return Watched([found[sign] for sign in wanted], fired)
