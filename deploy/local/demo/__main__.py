"""The demo: places real orders and follows them through the whole system."""

import contextlib
import os
import sys
import time
from functools import partial
from typing import Annotated

import httpx
import typer
from rich.console import Console

from deploy.local.configuration.environment import SANDBOX_CHAT, api_key
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.programs import Stack
from deploy.local.demo import summary
from deploy.local.demo.chat import SandboxChat
from deploy.local.demo.deliveries import sent_events
from deploy.local.demo.follow import follow
from deploy.local.demo.journey import Journey, Stage
from deploy.local.demo.shop import PAGE, Customer, seed_parts
from deploy.local.demo.views import view_for
from deploy.local.engines.engine import LOOPBACK
from deploy.local.supervision.memory import MIB, stack_memory, total_bytes
from deploy.local.up import bring_up
from libs.errors import AppError
from libs.postgres.engine import create_database_engine
from libs.settings.groups import PostgresSettings


def demo(
    orders: Annotated[int, typer.Option(min=1, max=PAGE)] = 20,
    started_at: Annotated[float, typer.Option(help="Unix time from which to count")] = 0.0,
) -> None:
    """Start the stack, place orders, pay all of them at once, follow them to the last message."""
    begun = started_at or time.time()
    console = Console(soft_wrap=True, highlight=False)
    folders = Folders()
    stack = bring_up(folders, say=console.print)
    chat = _chat(stack)
    journeys = _order_and_follow(stack, orders, console)
    if chat:
        summary.print_chat(console, chat.new_messages())
    summary.print_journeys(console, journeys)
    console.print(
        f"make demo took {time.time() - begun:.0f} s;"
        f" the stack takes {total_bytes(stack_memory(folders)) / MIB:.0f} MiB (sum of PSS)\n"
    )
    summary.print_urls(console, stack)
    console.print("\nThe stack stays up: make ps, make logs, make shell for shipyard, make down")
    sys.exit(any(journey.stage is not Stage.NOTIFIED for journey in journeys))


def _order_and_follow(stack: Stack, count: int, console: Console) -> list[Journey]:
    ports = stack.environments.ports
    engine = create_database_engine(
        PostgresSettings.model_validate(dict(stack.environments.notification()))
    )
    parts = seed_parts(LOOPBACK, ports.inventory)
    console.print(f"placing {count} orders over REST from {len(parts)} parts, paying them at once")
    with (
        contextlib.closing(
            Customer(f"http://{LOOPBACK}:{ports.rest}", parts, api_key=api_key(os.environ))
        ) as customer,
        view_for(console) as view,
    ):
        placed = customer.order_ships(count)
        view.show(placed)
        customer.pay_all(placed)
        return follow(
            placed,
            statuses=customer.statuses,
            sent_events=partial(sent_events, engine),
            view=view,
        )


def _chat(stack: Stack) -> SandboxChat | None:
    if "telegram" in stack.environments.elsewhere:
        return None
    return SandboxChat(f"http://{LOOPBACK}:{stack.environments.ports.telegram}", SANDBOX_CHAT)


def main() -> None:
    try:
        typer.run(demo)
    except (AppError, httpx.HTTPError) as error:
        sys.exit(f"demo: {error}")


if __name__ == "__main__":
    main()
