"""A private stack under load, one condition at a time, and what names it: top, and alerts."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial
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
from tests.drill.looking import Alert, Alerts, Look, Sign, Watched, watch
from tests.drill.monitoring import alerts_of, monitored
from tests.observability.prometheus import Prometheus

PER_S = 3.0
"""Orders a second."""

HEALTHY = "problems none found"

HEALTHY_S = 600.0
"""Seconds of healthy load in which no alert may fire."""

SCREEN_TIMEOUT_S = 120.0
"""An idle machine needs five; a busy one shall not end an hour's drill."""

NAMED_WITHIN_S = 45.0

FIRES_WITHIN_S = 300.0

WELL_WITHIN_S = 180.0

RESOLVED_WITHIN_S = 1200.0
"""The longest window of a rule is a quarter of an hour."""

ARRIVED_WITHIN_S = 180.0

Say = Callable[[str], None]


class Drilled:
    """A running system, the screen of shipyard top about it, and its alerts if it has any."""

    def __init__(
        self, system: RunningSystem, observer: Observer, prometheus: Prometheus | None
    ) -> None:
        self.system = system
        self._observer = observer
        self._prometheus = prometheus
        self.variables = {FOLDER_VARIABLE: str(system.chaos.stack.folders.local)}

    @property
    def has_alerts(self) -> bool:
        return self._prometheus is not None

    def until_well(self) -> Watched:
        """Watch until top finds no problem and no alert is left."""
        within_s = RESOLVED_WITHIN_S if self._prometheus else WELL_WITHIN_S
        return watch(self._look, Sign(_is_well, within_s))

    def stay_well(self) -> Watched:
        """Watch healthy load for as long as no alert may fire."""
        return watch(self._look, Sign(lambda look: look.after_s >= HEALTHY_S, 2 * HEALTHY_S))

    def show(self, condition: Condition) -> tuple[Watched, Watched]:
        """Let the condition last until it is named; return what was seen then and until well."""
        signs = [Sign(lambda look: look.shows(condition.words), NAMED_WITHIN_S)]
        if self._prometheus:
            signs.append(Sign(partial(belonging, condition), FIRES_WITHIN_S))
        with condition.begin(self.system):
            named = watch(self._look, *signs)
        return named, self.until_well()

    def not_arrived(self) -> list[str]:
        """Stop the load, wait for its orders, and return what is wrong."""
        self.system.load.stop()
        ending = wait_until_quiet(
            self._observer.observe, frozenset(self.system.malformed), within_s=ARRIVED_WITHIN_S
        )
        return [str(each) for each in ending.violations]

    def _look(self) -> tuple[str, Alerts]:
        return self._screen(), alerts_of(self._prometheus.alerts()) if self._prometheus else {}

    def _screen(self) -> str:
        """Return one screen of 80 columns."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.shipyard", "top", "--once"],
            env={**os.environ, **self.variables, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=True,
            timeout=SCREEN_TIMEOUT_S,
        ).stdout


def belonging(condition: Condition, look: Look) -> list[Alert]:
    """Return the alerts of the condition that fire, the best name first."""
    firing = look.firing()
    return [each for each in condition.alerts if any(map(each.includes, firing))]


def _is_well(look: Look) -> bool:
    return look.shows(HEALTHY) and not look.alerts


@contextmanager
def drilled(*, seed: int, with_alerts: bool, say: Say) -> Iterator[Drilled]:
    """Start a private stack and customers; leave nothing behind."""
    with chaos_stack((), copies=1, say=say) as chaos:
        ports = chaos.stack.environments.ports
        parts = seed_parts(LOOPBACK, ports.inventory)
        load = Load(f"http://{LOOPBACK}:{ports.rest}", parts, seed=seed, per_s=PER_S)
        with (
            closing(Observer(chaos.stack, chaos.ledger, load)) as observer,
            monitored(chaos) if with_alerts else nullcontext() as prometheus,
        ):
            system = RunningSystem(
                chaos=chaos,
                random=Random(seed),  # noqa: S311  # repeatable on purpose
                telegram=observer.telegram,
                load=load,
            )
            load.start()
            try:
                yield Drilled(system, observer, prometheus)
            finally:
                load.stop()
