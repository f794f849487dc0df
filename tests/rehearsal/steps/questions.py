"""The operator's eight questions, asked in the containers: healthy, and while stores are frozen."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from deploy.shipyard.exits import ExitCode
from tests.rehearsal.building.checkout import Checkout
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.problem import Problem

SHIPYARD = ("exec", "operator", "shipyard")

WITHIN_S = 15.0
"""The command line promises 5 s; a busy machine starts processes slowly."""

NOBODY = "5f0c1d5e-6d1c-4b8e-9f3a-0b7f6f1f4c11"
"""An order that does not exist."""

STORES = ("redis", "order-postgres")

RESTARTED, PAUSED = r"^order-relay\t[^\t]*\t[^\t]*\t[1-9]", r"^redis\tpaused"
"""Rows of make compose-ps: name, state, start, restarts."""


class Expected(NamedTuple):
    """What a question's answer has in it, on both streams, and how the command ends."""

    answer: str
    """A pattern; ^ and $ match at lines."""
    code: ExitCode = ExitCode.OK


HEALTHY = {
    "order timeline {order}": Expected(r"^status\tASSEMBLED$"),
    "lag": Expected(r"^order-group-order-assembled\torder\.assembled\t\d"),
    "outbox": Expected(r"\A\Z"),
    "queues": Expected(r"^assembly\t\d+\t\d+\t"),
    "deliveries list --order {order}": Expected(r"\tSENT\t"),
    "stats": Expected(r"^assembled_a_minute\t\d"),
    "stores": Expected(r"^policy\tnoeviction$"),
}
"""Seven of them; the eighth is make compose-ps."""

REFUSED = {
    f"order timeline {NOBODY}": Expected(f"^shipyard: .*{NOBODY}", ExitCode.PROBLEM),
    "ps": Expected("^shipyard: .*`make compose-ps`$", ExitCode.AWAY),
}

FROZEN = {
    "queues": Expected(r"\Ashipyard: Redis is away: ", ExitCode.AWAY),
    "order timeline {order}": Expected(
        r"^delivery_assembled\t(.*\n)*the order database is away: .*\nRedis is away: ",
        ExitCode.AWAY,
    ),
    "stores": Expected(r"^the order database is away: .*\nRedis is away: ", ExitCode.AWAY),
}
"""Asked while Redis and the order database are frozen: what the others know is still told."""


def ask_all(checkout: Checkout, order: str) -> list[str]:
    """Ask everything; return the seconds of each answer. Raises Problem."""
    docker = checkout.docker
    told = [_asked(docker, *each, order) for each in (*HEALTHY.items(), *REFUSED.items())]
    told.append(_restarts(checkout, RESTARTED))
    with _frozen(docker, *STORES):
        told += [f"frozen: {_asked(docker, *each, order)}" for each in FROZEN.items()]
        told.append(f"frozen: {_restarts(checkout, PAUSED)}")
    return told


def ask_kafka(docker: Docker) -> None:
    """Ask what needs a login, once the broker wants one. Raises Problem."""
    _asked(docker, "lag", HEALTHY["lag"])


def _asked(docker: Docker, question: str, expected: Expected, order: str = "") -> str:
    started_s = time.monotonic()
    done = docker.run(*SHIPYARD, *question.format(order=order).split())
    took_s = time.monotonic() - started_s
    said = done.stdout + done.stderr
    is_right = re.search(expected.answer, said, re.MULTILINE) and done.returncode == expected.code
    if not is_right or took_s > WITHIN_S:
        raise Problem(f"shipyard {question}: {done.returncode} after {took_s:.1f} s\n{said}")
    return f"{question.removesuffix(' {order}')} {took_s:.1f}"


def _restarts(checkout: Checkout, expected: str) -> str:
    """Ask which container was started again, and why."""
    started_s = time.monotonic()
    told = checkout.bash("make compose-ps")
    took_s = time.monotonic() - started_s
    if not re.search(expected, told, re.MULTILINE) or took_s > WITHIN_S:
        raise Problem(f"make compose-ps: after {took_s:.1f} s\n{told}")
    return f"make compose-ps {took_s:.1f}"


@contextmanager
def _frozen(docker: Docker, *names: str) -> Iterator[None]:
    docker("pause", *names)
    try:
        yield
    finally:
        docker("unpause", *names)
