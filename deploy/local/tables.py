"""Tables of the stack for a terminal."""

from collections.abc import Sequence

from rich.table import Table

from deploy.local.supervision.memory import MIB, Memory, total_bytes


def memory_table(memories: Sequence[Memory]) -> Table:
    table = Table("process", "pid", "MiB", box=None, header_style="bold")
    for memory in memories:
        table.add_row(memory.name, str(memory.pid), f"{memory.bytes / MIB:.1f}")
    table.add_section()
    table.add_row("all", "", f"{total_bytes(memories) / MIB:.1f}")
    return table
