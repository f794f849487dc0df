"""Runs one scenario, from an empty system to a verdict."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from deploy.local.demo.shop import seed_parts
from deploy.local.engines.engine import LOOPBACK
from libs.clock import utc_now
from order_service.model.evidence import Violation
from tests.chaos.judging.evidence import Observation
from tests.chaos.judging.invariants import DOUBLED, LOST, ambiguous, in_flight, repeats
from tests.chaos.judging.measures.answers import unserved
from tests.chaos.judging.measures.sizes import Size, overgrown, sizes_of
from tests.chaos.judging.observing import Observer
from tests.chaos.judging.quiet import Ending, wait_until_quiet
from tests.chaos.load import CUSTOMERS, Load
from tests.chaos.scenario import RECOVERS_WITHIN_S, RunningSystem, Scenario
from tests.chaos.stack import chaos_stack, keep_logs

BASKET = 32
BURST = CUSTOMERS * BASKET
"""Orders paid as fast as possible, so that the fault meets 200 orders in flight: a fifth is
cancelled."""

BURST_WITHIN_S = 150.0

COPIES = 3

LOOKED_AT_AFTER_S = 10.0
"""Seconds until supervisor has noticed and restarted a killed process."""

NOTICED_WITHIN_S = 5.0
"""Seconds for callers to connect to ready servers."""

JUDGED_FOR_S = 15.0
"""Seconds over which the answers after the recovery are measured."""

QUIET_WITHIN_S = 180.0

UNEXPECTED = ("500",)
"""Answers that are wrong in any fault."""

Say = Callable[[str], None]


class NoLoad(Exception):
    """The system accepted no orders, so the run proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table.

    Recovery counts from the latest of: the fault's end, the last order, and the time at which the
    last ship was due. For orders from before the fault's end it counts from that end plus the time
    to build the ships that were not paid by then.
    """

    scenario: str
    seed: int
    orders: int = 0
    in_flight: int = 0
    """Orders in flight when the fault began."""
    faults: int = 0
    recovery_s: float = 0.0
    built_s: float = 0.0
    """Part of the recovery until only the chat was behind."""
    lost: int = 0
    doubled: int = 0
    ambiguous: int = 0
    repeats: int = 0
    violations: list[str] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    memory_mib: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, tuple[Size, Size]] = field(default_factory=dict)
    """Sizes of each role at the fault's beginning and at the end."""

    @property
    def is_passed(self) -> bool:
        return not self.violations


def run_scenario(scenario: Scenario, *, seed: int, say: Say) -> Row:
    """Start a stack for this scenario and judge it. Raises what prevents the run."""
    with chaos_stack(scenario.copied, copies=COPIES, say=say) as chaos:
        ports = chaos.stack.environments.ports
        parts = seed_parts(LOOPBACK, ports.inventory)
        url = f"http://{LOOPBACK}:{ports.rest}"
        load = Load(url, parts, seed=seed, per_s=scenario.per_s, basket=BASKET)
        with closing(Observer(chaos.stack, chaos.ledger, load)) as observer:
            system = RunningSystem(
                chaos=chaos,
                random=Random(f"{scenario.name} {seed}"),  # noqa: S311  # repeatable on purpose
                telegram=observer.telegram,
                load=load,
            )
            row = _run(scenario, system, observer, seed=seed)
        if not row.is_passed:
            say(f"logs are kept in {keep_logs(chaos.stack.folders)}")
        return row


def _run(scenario: Scenario, system: RunningSystem, observer: Observer, *, seed: int) -> Row:
    system.roles.watch()
    system.load.start()
    try:
        _wait_for_burst(system.load)
        trouble = _break(scenario, system, observer)
    finally:
        system.load.stop()
    ended_at_s = time.monotonic()

    def look() -> Observation:
        return replace(observer.observe(), condemned=frozenset(system.condemned))

    ending = wait_until_quiet(look, frozenset(system.malformed), within_s=QUIET_WITHIN_S)
    ended_at_s = max(ended_at_s, _monotonic(ending.observation.last_due_at))
    _complain(system, since_s=trouble.well_at_s)
    before, after = trouble.sizes, sizes_of(system.roles)
    built_s = max(0.0, ending.built_at_s - ended_at_s, observer.delay_s(trouble.ended_at))
    row = Row(
        scenario=scenario.name,
        seed=seed,
        orders=system.load.orders,
        in_flight=trouble.in_flight,
        faults=trouble.faults,
        built_s=round(built_s, 1),
        recovery_s=round(max(0.0, ending.at_s - ended_at_s, built_s), 1),
        sizes={name: (before[name], after[name]) for name in before.keys() & after.keys()},
    )
    return _judged(row, scenario, system, ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """What a fault met, when it ended, and since when customers must be served again."""

    in_flight: int
    sizes: dict[str, Size]
    faults: int
    ended_at: datetime
    well_at_s: float


def _break(scenario: Scenario, system: RunningSystem, observer: Observer) -> _Trouble:
    met = in_flight(observer.observe())
    before = sizes_of(system.roles)
    faults = scenario.fault(system)
    ended_at = utc_now()
    system.roles.watch()
    well_at_s = _wait_until_recovered(system)
    system.go_on_for(JUDGED_FOR_S)
    return _Trouble(
        in_flight=met, sizes=before, faults=faults, ended_at=ended_at, well_at_s=well_at_s
    )


def _complain(system: RunningSystem, *, since_s: float) -> None:
    system.complaints.extend(f"{name} died" for name in system.roles.deaths())
    system.complaints.extend(unserved(system.load.given(since_s=since_s)))
    for complain in system.afterwards:
        system.complaints.extend(complain())


def _monotonic(moment: datetime | None) -> float:
    return time.monotonic() - (utc_now() - moment).total_seconds() if moment else 0.0


def _wait_for_burst(load: Load) -> None:
    deadline = time.monotonic() + BURST_WITHIN_S
    while len(load.promises()) < BURST:
        if time.monotonic() > deadline:
            raise NoLoad(f"no {BURST} orders in {BURST_WITHIN_S} s: {load.answers}")
        time.sleep(0.1)


def _wait_until_recovered(system: RunningSystem) -> float:
    """Return since when customers must be served again. Raises NotReady."""
    system.go_on_for(LOOKED_AT_AFTER_S)
    system.chaos.wait_until_ready()
    system.go_on_for(NOTICED_WITHIN_S)
    return time.monotonic()


def _judged(row: Row, scenario: Scenario, system: RunningSystem, ending: Ending) -> Row:
    """Add the evidence of the stores to a row."""
    observation, answers = ending.observation, system.load.answers
    complaints = [
        *_late("everything", row.recovery_s, RECOVERS_WITHIN_S),
        *_late("building", row.built_s, scenario.builds_within_s),
        *_repeated(repeats(observation), scenario.most_repeats),
        *(Violation("REST", f"{n} answers {answer}") for answer, n in _unexpected(answers)),
        *(Violation("role", complaint) for complaint in system.complaints),
        *(each for name, size in row.sizes.items() for each in overgrown(name, *size)),
    ]
    return replace(
        row,
        lost=sum(1 for check in LOST for _ in check(observation)),
        doubled=sum(1 for check in DOUBLED for _ in check(observation)),
        ambiguous=ambiguous(observation),
        repeats=repeats(observation),
        violations=[str(each) for each in (*ending.violations, *complaints)],
        answers=dict(sorted(answers.items())),
        memory_mib={name: round(mib, 1) for name, mib in observation.memory_mib.items()},
    )


def _late(what: str, recovery_s: float, within_s: float) -> Iterator[Violation]:
    if recovery_s > within_s:
        yield Violation("recovery", f"of {what} took {recovery_s:.1f} s, at most {within_s:.0f}")


def _repeated(repeats: int, most: int | None) -> Iterator[Violation]:
    if most is not None and repeats > most:
        yield Violation("repeats", f"{repeats} records are repeats, at most {most}")


def _unexpected(answers: dict[str, int]) -> list[tuple[str, int]]:
    return [(answer, n) for answer, n in answers.items() if answer.endswith(UNEXPECTED)]
