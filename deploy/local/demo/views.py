"""Shows the orders' progress: bars on a terminal, otherwise a line per change."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol, Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from deploy.local.demo.journey import Journey, Stage

STYLES = {
    Stage.PENDING_PAYMENT: "dim",
    Stage.BUILDING: "yellow",
    Stage.ASSEMBLED: "cyan",
    Stage.NOTIFIED: "green",
}
BAR_WIDTH = 24


class View(AbstractContextManager["View"], Protocol):
    def show(self, journeys: Sequence[Journey]) -> None:
        """Show the progress of each order."""


class PlainView(View):
    """Prints a line when an order's stage changes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: dict[int, Stage] = {}

    def __exit__(self, *_: object) -> None:
        return None

    def show(self, journeys: Sequence[Journey]) -> None:
        for journey in journeys:
            if self._shown.get(journey.number) is not journey.stage:
                self._shown[journey.number] = journey.stage
                self._console.print(f"{time.strftime('%H:%M:%S')}  {_plain(journey)}")


class LiveView(View):
    """Redraws a table with a bar per order."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="visible")

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, journeys: Sequence[Journey]) -> None:
        self._live.update(_table(journeys, now_s=time.monotonic()), refresh=True)


def view_for(console: Console) -> View:
    return LiveView(console) if console.is_terminal else PlainView(console)


def _plain(journey: Journey) -> str:
    detail = f" ({journey.build_time_s} s)" if journey.stage is Stage.BUILDING else ""
    return f"order {journey.number:>3}  {journey.order_uuid}  {journey.stage}{detail}"


def _table(journeys: Sequence[Journey], *, now_s: float) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    table.add_column("order", no_wrap=True)
    table.add_column("price", justify="right")
    table.add_column("build", justify="right")
    table.add_column("", width=BAR_WIDTH)
    table.add_column("stage", no_wrap=True)
    for journey in journeys:
        style = STYLES[journey.stage]
        table.add_row(
            str(journey.number),
            str(journey.order_uuid)[:8],
            f"{journey.total_price:,.2f}",
            f"{journey.build_time_s} s",
            ProgressBar(
                total=journey.build_time_s, completed=_built_s(journey, now_s), width=BAR_WIDTH
            ),
            f"[{style}]{journey.stage}{_countdown(journey, now_s)}[/]",
        )
    return table


def _built_s(journey: Journey, now_s: float) -> float:
    if journey.stage is Stage.PENDING_PAYMENT:
        return 0.0
    return journey.build_time_s - journey.left_s(now_s)


def _countdown(journey: Journey, now_s: float) -> str:
    return f" {journey.left_s(now_s):.0f} s" if journey.stage is Stage.BUILDING else ""
