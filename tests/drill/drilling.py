"""A private stack under load, one condition at a time, and whether shipyard top names it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from random import Random

from deploy.local.demo.shop import seed_parts
from deploy.local.engines.engine import LOOPBACK
from deploy.shipyard.surroundings import FOLDER_VARIABLE
from tests.chaos.judging.observing import Observer
from tests.chaos.judging.quiet import wait_until_quiet
from tests.chaos.load import Load
from tests.chaos.scenario import RunningSystem
from tests.chaos.stack import chaos_stack
from tests.drill.conditions import Condition

PER_S = 3.0
"""Orders a second."""

HEALTHY = "problems none found"

NAMED_WITHIN_S = 45.0

WELL_WITHIN_S = 180.0

ARRIVED_WITHIN_S = 180.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the screen showed at last, and after how many seconds it was as wanted; None if not."""

    screen: str
    after_s: float | None


class Drilled:
    """A running system, and the screen of shipyard top about it."""

    def __init__(self, system: RunningSystem, observer: Observer) -> None:
        self.system = system
        self._observer = observer
        self.variables = {FOLDER_VARIABLE: str(system.chaos.stack.folders.local)}

    def screen(self) -> str:
        """Return one screen of 80 columns."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.shipyard", "top", "--once"],
            env={**os.environ, **self.variables, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        ).stdout

    def until_shown(self, words: str, *, within_s: float) -> Seen:
        """Look at the screen until it has the words."""
        begun_s = time.monotonic()
        while True:
            screen = self.screen()
            after_s = time.monotonic() - begun_s
            if words in " ".join(screen.split()):
                return Seen(screen=screen, after_s=after_s)
            if after_s > within_s:
                return Seen(screen=screen, after_s=None)

    def show(self, condition: Condition) -> tuple[Seen, Seen]:
        """Let the condition last until it is named; return that screen, and the one when well."""
        with condition.begin(self.system):
            named = self.until_shown(condition.words, within_s=NAMED_WITHIN_S)
        return named, self.until_shown(HEALTHY, within_s=WELL_WITHIN_S)

    def not_arrived(self) -> list[str]:
        """Stop the load, wait for its orders, and return what is wrong."""
        self.system.load.stop()
        ending = wait_until_quiet(
            self._observer.observe, frozenset(self.system.malformed), within_s=ARRIVED_WITHIN_S
        )
        return [str(each) for each in ending.violations]


@contextmanager
def drilled(*, seed: int, say: Say) -> Iterator[Drilled]:
    """Start a private stack and customers; leave nothing behind."""
    with chaos_stack((), copies=1, say=say) as chaos:
        ports = chaos.stack.environments.ports
        parts = seed_parts(LOOPBACK, ports.inventory)
        load = Load(f"http://{LOOPBACK}:{ports.rest}", parts, seed=seed, per_s=PER_S)
        with closing(Observer(chaos.stack, chaos.ledger, load)) as observer:
            system = RunningSystem(
                chaos=chaos,
                random=Random(seed),  # noqa: S311  # repeatable on purpose
                telegram=observer.telegram,
                load=load,
            )
            load.start()
            try:
                yield Drilled(system, observer)
            finally:
                load.stop()
