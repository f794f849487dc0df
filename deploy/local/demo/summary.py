"""The summary at the end of the demo."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from deploy.local.configuration.environment import SANDBOX_CHAT
from deploy.local.configuration.programs import Stack
from deploy.local.demo.journey import Journey, Stage
from deploy.local.engines.engine import LOOPBACK


def print_journeys(console: Console, journeys: Sequence[Journey]) -> None:
    """Print how many orders ended, and how long the slowest took after the last payment."""
    built = sum(each.stage in {Stage.ASSEMBLED, Stage.NOTIFIED} for each in journeys)
    told = sum(each.stage is Stage.NOTIFIED for each in journeys)
    console.print(f"\n{len(journeys)} orders: {built} assembled, {told} notified")
    paid = max((each.paid_at_s for each in journeys if each.paid_at_s), default=0.0)
    assembled = [each.assembled_at_s for each in journeys if each.assembled_at_s]
    notified = [each.notified_at_s for each in journeys if each.notified_at_s]
    if len(notified) == len(journeys):
        console.print(
            f"after the last payment: all assembled in {max(assembled) - paid:.1f} s,"
            f" all notified in {max(notified) - paid:.1f} s"
        )
    for journey in journeys:
        if journey.stage is not Stage.NOTIFIED:
            console.print(f"not finished: order {journey.order_uuid} is {journey.stage}")


def print_chat(console: Console, messages: Sequence[str]) -> None:
    console.print(f"\nThe chat received {len(messages)} messages:")
    for message in messages:
        console.print(Text(message, style="dim"))
        console.print()


def print_urls(console: Console, stack: Stack) -> None:
    """Print the addresses to open in a browser, each with its purpose."""
    ports = stack.environments.ports
    urls = {
        f"http://{LOOPBACK}:{ports.rest}/docs": "REST API, its documentation",
        f"http://{LOOPBACK}:{ports.flower}": "Flower: workers and their tasks",
        f"http://{LOOPBACK}:{ports.supervisor}": (
            "supervisor: every process, its log, restart (login: .local/supervisord.conf)"
        ),
    }
    if "telegram" not in stack.environments.elsewhere:
        chat = f"http://{LOOPBACK}:{ports.telegram}/sandbox/chats/{SANDBOX_CHAT}/messages"
        urls[chat] = "the chat: every message that it received"
    width = max(map(len, urls))
    for address, purpose in urls.items():
        console.print(f"{address:<{width}}  {purpose}")
