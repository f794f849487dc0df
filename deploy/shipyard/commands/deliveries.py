"""shipyard deliveries: what the chats have not heard yet, and another try for what was given up."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import Engine

from deploy.shipyard.asking import ask
from deploy.shipyard.exits import NeedsYes, Refused, WrongUsage
from deploy.shipyard.output import AsJson, Row, show
from deploy.shipyard.servers import NOTIFICATIONS, of_this_process
from notification_service.model.delivery import DeliverySeen, DeliveryState
from notification_service.repository.overview import (
    deliveries_in,
    deliveries_of,
    revive_of_chat,
    revive_of_order,
)


class Choice(StrEnum):
    """Which deliveries to list."""

    UNTOLD = "UNTOLD"
    NEW = "NEW"
    SENDING = "SENDING"
    SENT = "SENT"
    DEAD = "DEAD"


def cli() -> typer.Typer:
    """Build the commands for deliveries."""
    deliveries = typer.Typer(no_args_is_help=True, help="Notifications of the chats.")
    deliveries.command("list")(list_deliveries)
    deliveries.command()(retry)
    return deliveries


def list_deliveries(
    *,
    state: Annotated[
        Choice, typer.Option(case_sensitive=False, help="UNTOLD: NEW and SENDING.")
    ] = Choice.UNTOLD,
    order: Annotated[UUID | None, typer.Option(help="Only this order's, in any state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List deliveries, the oldest first, with what each waits for and until when.

    Example: shipyard deliveries list --state dead
    """
    engine = of_this_process().notifications
    found = ask(NOTIFICATIONS, lambda: _chosen(engine, state, order, limit=limit))
    rows = [asdict(each) for each in found]
    show(rows, as_json=as_json, nothing="no such delivery", brief=_in_brief)


def retry(
    *,
    order: Annotated[UUID | None, typer.Option(help="The dead deliveries of this order.")] = None,
    chat: Annotated[int | None, typer.Option(help="All dead deliveries of this chat.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it for a whole chat.")] = False,
) -> None:
    """Try deliveries again that were given up (DEAD), for another 24 h.

    Example: shipyard deliveries retry --order 6f2c…
    """
    if (order is None) is (chat is None):
        raise WrongUsage("give exactly one of --order and --chat")
    engine = of_this_process().notifications
    if chat is not None and not yes:
        raise NeedsYes(f"this sends every dead delivery of chat {chat} again")
    revived = ask(NOTIFICATIONS, lambda: _revive(engine, order, chat))
    if not revived:
        raise Refused("no dead delivery found")
    typer.echo(f"{revived} deliveries are due again; notification.sweep finds them within 5 s")


def _chosen(
    engine: Engine, choice: Choice, order: UUID | None, *, limit: int
) -> list[DeliverySeen]:
    if order is not None:
        return deliveries_of(engine, [order])[:limit]
    untold = (DeliveryState.NEW, DeliveryState.SENDING)
    states = untold if choice is Choice.UNTOLD else (DeliveryState(choice),)
    found = [each for state in states for each in deliveries_in(engine, state, limit=limit)]
    return sorted(found, key=lambda each: each.created_at)[:limit]


def _revive(engine: Engine, order: UUID | None, chat: int | None) -> int:
    if order is not None:
        return revive_of_order(engine, order)
    return revive_of_chat(engine, chat) if chat is not None else 0


def _in_brief(delivery: Row) -> Row:
    names = ("order_uuid", "kind", "chat_id", "state", "waits_for", "until")
    row = {name: delivery[name] for name in names}
    since = delivery["sent_at"] or delivery["created_at"]
    return {**row, "since": since, "last_error": delivery["last_error"]}
