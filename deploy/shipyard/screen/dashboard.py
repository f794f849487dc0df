"""One screen about the whole system, drawn from the last answers of its stores."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.shipyard.output import Row, as_duration, as_moment
from deploy.shipyard.readings.flow import Flow
from deploy.shipyard.readings.outbox import Unpublished
from deploy.shipyard.readings.restarts import Restarts
from deploy.shipyard.readings.ships import QueueSeen
from notification_service.model.delivery import DeliveryState
from notification_service.repository.overview import StateCount

PROBLEM_LINES = 9
"""Lines that a screen of 24 has left."""

LINES_OF_ONE = 2

WIDTH = 80


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The last answer of each store, and what is wrong; None if that is not known yet."""

    now: datetime
    flow: Flow | None = None
    outbox: Sequence[Unpublished] | None = None
    queues: Sequence[QueueSeen] | None = None
    groups: Sequence[Row] | None = None
    chats: Mapping[DeliveryState, StateCount] | None = None
    restarts: Mapping[str, Restarts] | None = None
    """Of the last hour, by role."""
    problems: Sequence[str] | None = None


def dashboard(seen: Seen) -> RenderableType:
    lines: list[RenderableType] = [
        Text(f"shipyard top  {seen.now:%H:%M:%S} UTC, Ctrl-C ends", style="bold"),
        *_problems(seen.problems, PROBLEM_LINES - bool(seen.restarts)),
        *_restarts(seen),
        *_flow(seen.flow),
        *_outbox(seen.outbox),
        *_chats(seen),
        _queues(seen),
        _groups(seen),
    ]
    return Group(*lines)


def _problems(problems: Sequence[str] | None, left: int) -> Iterator[Text]:
    if not problems:
        yield _line("problems", "unknown" if problems is None else "none found")
        return
    for number, each in enumerate(problems):
        lines = textwrap.wrap(f"! {each}", WIDTH, subsequent_indent="  ")[:LINES_OF_ONE]
        if len(lines) > left - (number < len(problems) - 1):
            yield Text(f"! and {len(problems) - number} more", style="bold red")
            return
        left -= len(lines)
        yield from (Text(line, style="bold red", no_wrap=True) for line in lines)


def _restarts(seen: Seen) -> Iterator[Text]:
    """Name the roles that were started again in the last hour, the last one first."""
    if seen.restarts:
        latest = sorted(seen.restarts.items(), key=lambda each: each[1].last_at, reverse=True)
        told = (f"{name} {_how_often(each, seen.now)}" for name, each in latest)
        yield _line("restarts", "; ".join(told), style="yellow")


def _how_often(restarts: Restarts, now: datetime) -> str:
    times = "once" if restarts.number == 1 else f"{restarts.number} times"
    return f"{times}, {as_duration((now - restarts.last_at).total_seconds())} ago"


def _flow(flow: Flow | None) -> Iterator[Text]:
    if flow is None:
        yield _line("orders", "unknown")
        return
    failed = "-" if flow.failed_pays is None else f"{flow.failed_pays:.0%}"
    p95 = "-" if flow.p95_paid_to_assembled_s is None else f"{flow.p95_paid_to_assembled_s:.1f} s"
    yield _line(
        "orders",
        f"a minute: {flow.created_a_minute:.1f} created, {flow.paid_a_minute:.1f} paid,"
        f" {flow.assembled_a_minute:.1f} assembled",
    )
    yield _line("", f"failed pays {failed}, paid to assembled {p95} (95 %)")
    oldest = f", the oldest for {as_duration(flow.overdue_oldest_age_s or 0)}"
    yield _line(
        "overdue",
        f"{flow.overdue}{oldest if flow.overdue else ''}",
        style="red" if flow.overdue else "",
    )


def _outbox(waiting: Sequence[Unpublished] | None) -> Iterator[Text]:
    if waiting is None:
        yield _line("outbox", "unknown")
    elif not waiting:
        yield _line("outbox", "every event is published")
    else:
        oldest = max(waiting, key=lambda each: each.oldest_age_s)
        events = sum(each.events for each in waiting)
        age = as_duration(oldest.oldest_age_s)
        reason = f": {oldest.last_error}" if oldest.last_error else ""
        yield _line(
            "outbox", f"{events} wait, the oldest {age}, {oldest.topic}{reason}", style="yellow"
        )


def _chats(seen: Seen) -> Iterator[Text]:
    if seen.chats is None:
        yield _line("chats", "unknown")
        return
    new, dead = seen.chats[DeliveryState.NEW], seen.chats[DeliveryState.DEAD]
    sending = seen.chats[DeliveryState.SENDING].number
    age_s = (seen.now - new.oldest).total_seconds() if new.oldest else 0.0
    oldest = f", the oldest {as_duration(max(age_s, 0.0))}" if new.number else ""
    yield _line("chats", f"{new.number} untold{oldest}, {sending} being sent, {dead.number} dead")


def _queues(seen: Seen) -> RenderableType:
    if seen.queues is None:
        return _line("queues", "unknown")
    table = _table("queue", "waiting", "held", "orders", "next due", "overdue")
    for each in seen.queues:
        table.add_row(
            each.queue,
            str(each.waiting),
            str(each.held),
            str(each.orders),
            as_moment(each.next_due) if each.next_due else "-",
            as_duration(each.overdue_s) if each.overdue_s is not None else "-",
        )
    return table


def _groups(seen: Seen) -> RenderableType:
    if seen.groups is None:
        return _line("groups", "unknown")
    table = _table("group", "lag", "committed")
    for row in seen.groups:
        ago = "-" if row["ago_s"] is None else f"{as_duration(row['ago_s'])} ago"
        table.add_row(row["group"], str(row["lag"]), ago)
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _line(label: str, told: str, *, style: str = "") -> Text:
    text = Text(f"{label:<9}", style="bold", no_wrap=True, overflow="ellipsis")
    return text.append(told, style=f"not bold {style}".strip())
