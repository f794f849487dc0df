"""I8: open files and threads of a role."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from order_service.model.evidence import Violation
from tests.chaos.supervising import Supervised

MORE_FILES = 32
MORE_THREADS = 32
"""Open files and threads that a role may have gained by the end of a run.

Pools grow under load and stay: sixteen threads of a gRPC server, the connections of
the REST service to its customers and to PostgreSQL, Kafka's clients with their wake-up sockets.
About five of each were seen. A leak per attempt, each second, is 120 in two minutes.
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
    """I8: a role has hardly more files or threads than before, also after a restart."""
    if after.files > before.files + MORE_FILES:
        yield Violation("I8", f"{role} has {after.files} files open, and had {before.files}")
    if after.threads > before.threads + MORE_THREADS:
        yield Violation("I8", f"{role} has {after.threads} threads, and had {before.threads}")
