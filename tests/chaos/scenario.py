"""A scenario, and the parts of the system that its fault may use."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from random import Random

from redis import Redis

from deploy.local.engines.process import EngineProcess
from order_service.model.evidence import MalformedRecord
from tests.chaos.judging.evidence import Told
from tests.chaos.judging.stores.chat import Telegram
from tests.chaos.load import Load
from tests.chaos.stack import ChaosStack
from tests.chaos.supervising import Supervised
from tests.support.eventually import eventually


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSystem:
    """The running system, as a fault sees it."""

    chaos: ChaosStack
    random: Random
    telegram: Telegram
    load: Load
    malformed: set[MalformedRecord] = field(default_factory=set)
    condemned: set[Told] = field(default_factory=set)
    """Events that Telegram was made to refuse for good."""
    complaints: list[str] = field(default_factory=list)
    afterwards: list[Callable[[], Iterable[str]]] = field(default_factory=list)
    """Checks to run once the system is quiet and every customer has its answer."""

    @property
    def roles(self) -> Supervised:
        return self.chaos.roles

    @property
    def engines(self) -> Mapping[str, EngineProcess]:
        return self.chaos.engines

    def go_on_for(self, seconds: float) -> None:
        """Let the load run."""
        time.sleep(seconds)

    def expect(
        self, look: Callable[[], object], otherwise: Callable[[], str], *, within_s: float
    ) -> None:
        """Wait until look() is true; complain with otherwise() if that takes too long."""
        try:
            eventually(look, within_s=within_s)
        except AssertionError:
            self.complaints.append(otherwise())

    def log_of(self, name: str) -> str:
        log = self.chaos.stack.folders.log / f"{name}.log"
        return log.read_text(encoding="utf-8", errors="replace")

    @property
    def brokers(self) -> str:
        return self.chaos.stack.environments.kafka()["KAFKA_BROKERS"]

    def redis(self) -> Redis:
        return Redis.from_url(self.chaos.stack.environments.redis_url, socket_timeout=5)


RECOVERS_WITHIN_S = 75.0

Fault = Callable[[RunningSystem], int]
"""Breaks something under load, fixes it, and returns how many faults that were."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault and its limits: the time to build depends on what killed processes may hold.

    The chat catches up at Telegram's rate limit.
    """

    name: str
    about: str
    fault: Fault
    _: KW_ONLY
    copied: Sequence[str] = ()
    per_s: float = 6.0
    """Twelve events a second, which a private chat takes as digests without a backlog."""
    builds_within_s: float = RECOVERS_WITHIN_S
    most_repeats: int | None = None
    """Allowed records in Kafka beyond one per event; None allows any number."""


nothing_held = partial(Scenario, builds_within_s=10.0)
"""A scenario in which no process dies with a task or a claim: paid ships are built at once."""
