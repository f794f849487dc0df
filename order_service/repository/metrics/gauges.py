"""Reads for the metrics how many orders and events wait, and for how long."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, Engine, Row, text

from libs.metrics.declared.orders import ESTIMATED, WAITING
from libs.metrics.declared.orders import OLDEST as OLDEST_ORDER
from libs.metrics.declared.outbox import OLDEST as OLDEST_EVENT
from libs.metrics.declared.outbox import REFUSED as REFUSED_EVENTS
from libs.metrics.declared.outbox import WAITING as WAITING_EVENTS
from libs.metrics.stores import Sample
from libs.postgres.estimates import estimated_rows
from libs.postgres.transactions import run_autocommit
from order_service.model.order import OrderStatus
from order_service.model.outbox import Lane
from order_service.repository.metrics.stages import STAGES, oldest_of
from order_service.repository.outbox_statements import OLDEST

SEE_STAGE = {stage: oldest_of(*those) for stage, those in STAGES.items()}

SEE_OUTBOX = text(f"""
    SELECT topic, lane = '{Lane.REFUSED}' AS is_refused, redrives > 0 AS is_redriven, last_error,
        count(*) AS events, extract(epoch FROM now() - min(occurred_at)) AS age_s
    FROM (({") UNION ALL (".join(OLDEST[lane] for lane in Lane)})) AS unpublished
    GROUP BY topic, is_refused, is_redriven, last_error
""")  # noqa: S608  # constants of the statements

REASONS: Mapping[str, Sequence[str]] = {
    "topic_missing": ("does not exist", "UnknownTopic"),
    "no_leader": ("no leader", "LeaderNotAvailable"),
    "not_authorized": ("Authorization",),
    "too_large": ("too large", "TooLarge"),
    "no_answer": ("Timeout", "no broker", "Connection", "not tried"),
}
"""Reason to words of what the outbox notes of a failed publication."""


class OrderGauges:
    """The topics are those whose outbox is told of even when it is empty."""

    def __init__(self, engine: Engine, topics: Sequence[str]) -> None:
        self._engine = engine
        self._topics = topics

    def __call__(self) -> Sequence[Sample]:
        """Look once. Raises DatabaseUnavailable."""
        return run_autocommit(self._engine, lambda tx: list(self._look(tx)))

    def _look(self, tx: Connection) -> Iterator[Sample]:
        for stage, statement in SEE_STAGE.items():
            seen = tx.execute(statement).one()
            yield Sample(WAITING, seen.orders, (stage,))
            if stage in OLDEST_ORDER.labels[0].values:
                yield Sample(OLDEST_ORDER, seen.oldest_age_s or 0.0, (stage,))
        estimated = estimated_rows(tx, "orders", "status")
        for status in OrderStatus if estimated else ():
            yield Sample(ESTIMATED, estimated.get(status.value, 0.0), (status.value,))
        yield from self._of_outbox(tx.execute(SEE_OUTBOX).all())

    def _of_outbox(self, rows: Sequence[Row[tuple[object, ...]]]) -> Iterator[Sample]:
        for topic in {*self._topics, *(row.topic for row in rows)}:
            mine = [row for row in rows if row.topic == topic]
            yield Sample(OLDEST_EVENT, max((float(row.age_s) for row in mine), default=0), (topic,))
            waiting: Counter[str] = Counter(new=0, redriven=0)
            refused: Counter[str] = Counter(dict.fromkeys((*REASONS, OTHER), 0))
            for row in mine:
                if row.is_refused:
                    refused[reason_of(row.last_error or "")] += row.events
                else:
                    waiting["redriven" if row.is_redriven else "new"] += row.events
            for state, events in waiting.items():
                yield Sample(WAITING_EVENTS, events, (topic, state))
            for reason, events in refused.items():
                yield Sample(REFUSED_EVENTS, events, (topic, reason))


OTHER = "other"


def reason_of(error: str) -> str:
    """Return one of few words for what Kafka said."""
    said = (reason for reason, words in REASONS.items() if any(word in error for word in words))
    return next(said, OTHER)
