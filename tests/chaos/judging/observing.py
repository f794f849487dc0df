"""Reading every store of a chaos stack."""

from datetime import datetime, timedelta
from threading import Event, Thread
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from deploy.local.configuration.environment import Environment
from deploy.local.configuration.programs import Stack
from deploy.local.supervision.memory import MIB, stack_memory
from libs.clock import utc_now
from libs.errors import Unavailable
from libs.postgres.engine import create_database_engine
from libs.postgres.transactions import run_transaction
from libs.settings.groups import PostgresSettings
from order_service.app.commands.check import see
from order_service.config.settings import CheckSettings
from order_service.model.evidence import MalformedRecord, Violation
from order_service.model.order import OrderStatus
from order_service.repository.evidence import see_orders
from order_service.service.background.invariants import moved_back, violations
from tests.chaos.judging.evidence import READ_BY, DeliverySeen, Observation, Told
from tests.chaos.judging.invariants import CHECKS
from tests.chaos.judging.stores.chat import Telegram
from tests.chaos.judging.stores.ledger import Ledger
from tests.chaos.load import Load

LOOK_EVERY_S = 1.0

NO_PATIENCE = timedelta(0)

SEE_DELIVERIES = text("SELECT kind, facts ->> 'order_uuid', state, ambiguous FROM deliveries")

BUILD_TIME = "make_interval(secs => coalesce(build_time_s, 0))"

SEE_LAST_DUE = text(f"SELECT max(created_at + {BUILD_TIME}) FROM orders")  # noqa: S608  # ours

SEE_LONGEST_DELAY = text(f"""
    SELECT coalesce(max(extract(epoch FROM
        assembled_at - greatest(:fixed_at, least(paid_at, :fixed_at) + {BUILD_TIME})
    )), 0)
    FROM orders WHERE created_at < :fixed_at
""")  # noqa: S608  # nobody's text but ours

SERVED_TWICE = text("SELECT user_uuid FROM orders GROUP BY user_uuid HAVING count(*) > 1")


class WatchEnded(Exception):
    """The watch ended early, so backward moves may have been missed."""


class Watch:
    """Reads the orders every second and collects backward moves."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._last: dict[UUID, OrderStatus] = {}
        self._found: list[Violation] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def so_far(self) -> tuple[Violation, ...]:
        """Return the backward moves. Raises WatchEnded if the watch ended early."""
        if not self._thread.is_alive():
            raise WatchEnded
        return tuple(self._found)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                seen = see_orders(self._engine, at_rest_too=True)
            except Unavailable:
                continue
            statuses = {order.order_uuid: order.status for order in seen}
            self._found.extend(moved_back(self._last, statuses))
            self._last = statuses


class Observer:
    """Reads all stores of one stack. observe() raises Unavailable."""

    def __init__(self, stack: Stack, ledger: Ledger, load: Load) -> None:
        environments = stack.environments
        self._folders = stack.folders
        self._settings = CheckSettings.model_validate(settings_in(environments.order()))
        told = PostgresSettings.model_validate(settings_in(environments.notification()))
        self._orders = create_database_engine(self._settings, pool_size=2)
        self._deliveries = create_database_engine(told, pool_size=1)
        self.telegram = Telegram(environments.ports.telegram)
        self._ledger = ledger
        self._load = load
        self._watch = Watch(self._orders)
        self._watch.start()

    def close(self) -> None:
        self._watch.stop()
        self._orders.dispose()
        self._deliveries.dispose()

    def observe(self) -> Observation:
        told = self.telegram.told()
        return Observation(
            evidence=see(self._settings, self._orders, expected=READ_BY, at_rest_too=True),
            promises=self._load.promises(),
            charges=self._ledger.read(),
            deliveries=run_transaction(self._deliveries, _deliveries),
            told=told,
            served_twice=run_transaction(self._orders, lambda tx: tuple(tx.scalars(SERVED_TWICE))),
            last_due_at=run_transaction(self._orders, lambda tx: tx.scalar(SEE_LAST_DUE)),
            history=self._watch.so_far(),
            memory_mib={
                memory.name: memory.bytes / MIB
                for memory in stack_memory(self._folders)
                if "-" in memory.name
            },
        )

    def delay_s(self, fixed_at: datetime) -> float:
        """Return when the last ship ordered before a fault's end was due, from that end.

        An order that is paid later counts as paid at that end. Raises Unavailable.
        """
        values = {"fixed_at": fixed_at}
        return run_transaction(
            self._orders, lambda tx: float(tx.execute(SEE_LONGEST_DELAY, values).scalar_one())
        )


def violations_of(
    observation: Observation, malformed: frozenset[MalformedRecord]
) -> list[Violation]:
    """Return all violations in the observation of a quiet stack."""
    return sorted(
        [
            *violations(
                observation.evidence, now=utc_now(), patience=NO_PATIENCE, malformed=malformed
            ),
            *observation.history,
            *(each for check in CHECKS for each in check(observation)),
        ]
    )


def settings_in(environment: Environment) -> dict[str, str]:
    """Drop empty variables, which count as unset."""
    return {name: value for name, value in environment.items() if value}


def _deliveries(tx: Connection) -> tuple[DeliverySeen, ...]:
    return tuple(
        DeliverySeen(about=Told(kind, UUID(order_uuid)), state=state, ambiguous=ambiguous)
        for kind, order_uuid, state, ambiguous in tx.execute(SEE_DELIVERIES)
    )
