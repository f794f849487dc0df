"""Tables of the stack for a terminal."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from rich.table import Table

from deploy.local.supervision.daemon import Running
from deploy.local.supervision.memory import MIB, Memory, total_bytes


def process_table(
    processes: Sequence[Running], pending: Mapping[str, str], memories: Sequence[Memory]
) -> Table:
    """Show every process, with its problem or what it waits for."""
    mib = {memory.name: memory.bytes / MIB for memory in memories}
    table = Table("process", "state", "pid", "up", "MiB", "", box=None, header_style="bold")
    for each in processes:
        table.add_row(
            each.name,
            _state(each),
            str(each.pid or ""),
            str(timedelta(seconds=each.uptime_s)) if each.pid else "",
            f"{mib[each.name]:.0f}" if each.name in mib else "",
            pending.get(each.name, ""),
        )
    return table


def memory_table(memories: Sequence[Memory]) -> Table:
    table = Table("process", "pid", "MiB", box=None, header_style="bold")
    for memory in memories:
        table.add_row(memory.name, str(memory.pid), f"{memory.bytes / MIB:.1f}")
    table.add_section()
    table.add_row("all", "", f"{total_bytes(memories) / MIB:.1f}")
    return table


def _state(running: Running) -> str:
    return "done" if running.has_succeeded else running.state.lower()
