"""Runs the measurements on each checkout in turn: A B A B."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing

from tests.bench.errors import NotMeasured
from tests.bench.registry import MEASUREMENTS
from tests.bench.results import Result, Run
from tests.bench.scale import Scale
from tests.bench.stack.checkout import HERE, Checkout, copied, running
from tests.bench.stack.scraping import scraped
from tests.bench.stack.system import System

Say = Callable[[str], None]


def take_turns(
    base: str, names: Sequence[str], scale: Scale, *, turns: int, say: Say
) -> Iterator[Run]:
    """Yield a run of each checkout and turn; each has stores and processes of its own."""
    with ExitStack() as copies:
        wanted = [base, HERE] if base else [HERE]
        checkouts = [copies.enter_context(copied(name)) for name in wanted]
        for turn in range(1, turns + 1):
            for checkout in checkouts:
                say(f"{checkout.name}, turn {turn}: starts")
                yield _run(checkout, names, scale, turn=turn, say=say)


def _run(checkout: Checkout, names: Sequence[str], scale: Scale, *, turn: int, say: Say) -> Run:
    load_average = os.getloadavg()[0]
    results: list[Result] = []
    failures: dict[str, str] = {}
    with (
        running(checkout) as placed,
        closing(System(placed)) as system,
        scraped(placed),
    ):
        for name in names:
            begun = time.monotonic()
            try:
                results.append(MEASUREMENTS[name](system, scale))
            except NotMeasured as error:
                failures[name] = str(error)
            except Exception as error:  # noqa: BLE001  # of any client; the others are still measured
                failures[name] = repr(error)
            took_s = time.monotonic() - begun
            say(f"{checkout.name}, turn {turn}: {name} took {took_s:.0f} s")
    return Run(
        checkout=checkout.name,
        turn=turn,
        load_average=load_average,
        results=tuple(results),
        failures=failures,
    )
