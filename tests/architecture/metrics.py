"""docs/metrics.md: the list of all metrics, made from libs/metrics/declared.

Fails if it is not fresh; writes it with --write.
"""

import sys
from collections.abc import Iterator

from libs.metrics.declared.every import EVERY
from libs.metrics.declared.kinds import CounterOf, Declared, GaugeOf, HistogramOf
from tests.architecture.sources import ROOT

PAGE = ROOT / "docs" / "metrics.md"

START = "<!-- made by make metrics-docs from libs/metrics/declared -->"
END = "<!-- end of what make metrics-docs has made -->"

HEAD = ("| metric | labels | meaning |", "|---|---|---|")

KINDS = {CounterOf: "counter", GaugeOf: "gauge", HistogramOf: "histogram"}


def written(page: str) -> str:
    """Return the page with fresh tables between the markers. Raises ValueError without them."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return before + "\n".join([START, *_tables(), END]) + after


def _tables() -> Iterator[str]:
    for title, metrics in EVERY.items():
        yield from ("", f"### {title}", "", *HEAD)
        yield from map(_row, metrics)
    yield ""


def _row(metric: Declared) -> str:
    labels = "; ".join(f"`{label.name}`: {label.says}" for label in metric.labels)
    return (
        f"| `{metric.name}`<br>{KINDS[type(metric)]}, {metric.unit} | {labels} | {_said(metric)} |"
    )


def _said(metric: Declared) -> str:
    if not isinstance(metric, HistogramOf):
        return metric.meaning
    return f"{metric.meaning} Buckets: {', '.join(f'{each:g}' for each in metric.buckets)}."


if __name__ == "__main__":
    text = PAGE.read_text()
    if "--write" in sys.argv:
        PAGE.write_text(written(text))
    elif written(text) != text:
        sys.exit("stale docs/metrics.md, run make metrics-docs")
