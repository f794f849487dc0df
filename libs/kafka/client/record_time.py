"""Replaces the time of a record if it cannot be right."""

from datetime import UTC, datetime, timedelta

import structlog

from libs.clock import utc_now
from libs.kafka.types import OutgoingRecord
from libs.resilience.on_change import OncePerIncident

AHEAD_AT_MOST = timedelta(minutes=10)
"""A broker refuses a record that is an hour ahead of its clock, and the whole batch with it. A
record that is less ahead only stays longer in its topic."""

NO_TIME = datetime.fromtimestamp(0, UTC) - timedelta(milliseconds=1)
"""Kafka's value for a record without a time, which no broker refuses."""

log = structlog.get_logger(__name__)


class RecordTimes:
    """Logs once, not for each record, that a clock is wrong. Thread-safe."""

    def __init__(self) -> None:
        self._said = OncePerIncident()

    def sent_as_ms(self, record: OutgoingRecord) -> int | None:
        """Return the record's time in ms since 1970; with None the client uses its own clock."""
        if record.timestamp is None:
            return None
        if record.timestamp - utc_now() > AHEAD_AT_MOST:
            self.say_replaced(record, reason="it is ahead of this machine's clock")
            return None
        return round(record.timestamp.timestamp() * 1000)

    def say_replaced(self, record: OutgoingRecord, *, reason: str) -> None:
        if self._said.begins(reason):
            log.error(
                "record_time_replaced",
                topic=record.topic,
                key=record.key and record.key.decode(errors="replace"),
                record_time=record.timestamp and record.timestamp.isoformat(),
                reason=reason,
            )
