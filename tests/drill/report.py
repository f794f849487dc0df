"""What a drill prints of each condition: a line, and a table at the end."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.drill.conditions import Condition
from tests.drill.drilling import belonging
from tests.drill.looking import Alert, Watched

HEADINGS = ("condition", "top", "alert", "after", "other alerts", "well")

GAP = "  "


@dataclass(frozen=True, slots=True)
class Shown:
    """A condition, what was seen while it lasted, and what until all was well."""

    condition: Condition
    named: Watched
    well: Watched

    @property
    def failures(self) -> list[str]:
        top, *alert = self.named.signs
        [well] = self.well.signs
        name = self.condition.name
        failures = []
        if top.after_s is None:
            failures.append(f"top does not name {name}")
        if alert and alert[0].after_s is None:
            failures.append(f"no alert of {name} fires")
        if well.after_s is None:
            left = ", ".join(map(str, well.look.alerts)) or "no alert"
            failures.append(f"not well after {name}, with {left}:\n{well.look.screen}")
        return failures

    @property
    def says(self) -> list[str]:
        """Return what each alert said when it was first seen to fire."""
        early = self.named.fired
        late = {alert: said for alert, said in self.well.fired.items() if alert not in early}
        return [
            f"{after_s:.0f} s after its {moment}: {alert}: {says}"
            for moment, fired in (("start", early), ("end", late))
            for alert, (after_s, says) in fired.items()
        ]

    @property
    def cells(self) -> Sequence[str]:
        top, *alert = self.named.signs
        [well] = self.well.signs
        first = belonging(self.condition, alert[0].look)[:1] if alert else []
        return (
            self.condition.name,
            seconds(top.after_s),
            str(first[0]) if first else "-",
            seconds(alert[0].after_s) if alert else "-",
            self._others(first) or "-",
            seconds(well.after_s),
        )

    def _others(self, first: Sequence[Alert]) -> str:
        fired = {**self.named.fired, **self.well.fired}
        others = Counter(
            alert.name for alert in fired if not any(each.includes(alert) for each in first)
        )
        return ", ".join(name if n == 1 else f"{name} x{n}" for name, n in others.items())


def table(shown: Iterable[Shown]) -> str:
    """Draw a line for each condition, under headings."""
    rows = [HEADINGS, *(each.cells for each in shown)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def seconds(after_s: float | None) -> str:
    return "never" if after_s is None else f"{after_s:.0f} s"
