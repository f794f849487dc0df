"""I8: what a role holds of the system, in files and threads."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from order_service.model.evidence import Violation
from tests.chaos.supervising import Supervised

MORE_FILES = 32
MORE_THREADS = 32
"""What a role may hold more when all is over than when the fault began.

Pools fill when there is need, and stay full: sixteen threads of a gRPC server, the connections of
the REST service to its customers and to PostgreSQL, Kafka's clients with their wake-up sockets.
Some five of each were seen. What is lost with every try, each second, is 120 in two minutes.
"""


@dataclass(frozen=True, slots=True)
class Size:
    files: int
    threads: int


def sizes_of(roles: Supervised) -> dict[str, Size]:
    """Count the open files and the threads of every role that is a process."""
    sizes = {}
    for each in roles.processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.pid:
                process = psutil.Process(each.pid)
                sizes[each.name] = Size(process.num_fds(), process.num_threads())
    return sizes


def overgrown(role: str, before: Size, after: Size) -> Iterator[Violation]:
    """I8: a role holds hardly more files or threads than before, also if it was started anew."""
    if after.files > before.files + MORE_FILES:
        yield Violation("I8", f"{role} has {after.files} files open, and had {before.files}")
    if after.threads > before.threads + MORE_THREADS:
        yield Violation("I8", f"{role} has {after.threads} threads, and had {before.threads}")
