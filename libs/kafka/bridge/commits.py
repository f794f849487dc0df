"""Offsets whose records are done but not yet committed."""

from collections.abc import Iterable

import structlog

from libs.kafka.consuming import CommitFailed, Consumer, Offsets
from libs.metrics.declared.kafka import COMMIT_FAILURES
from libs.metrics.instruments import counter
from libs.resilience.on_change import OnChange

log = structlog.get_logger(__name__)


class PendingCommits:
    """Keeps the offsets of a failed commit for the next attempt.

    A partition that this member keeps also keeps its position: its records are not read again, and
    without a retry their offsets would stay uncommitted until more records arrive.
    """

    def __init__(self, topic: str, group: str) -> None:
        self._failures = counter(COMMIT_FAILURES, topic, group)
        self._offsets: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._failure = OnChange()

    def add(self, offsets: Offsets) -> None:
        self._offsets.update(offsets)

    def reach(self, offsets: Offsets) -> None:
        """Add offsets that are not committed yet. A group starts at 0."""
        self.add({each: to for each, to in offsets.items() if self._committed.get(each, 0) != to})

    def forget(self, lost: Iterable[int]) -> None:
        """Drop the offsets of lost partitions: a commit could undo their new owner's work."""
        for partition in lost:
            self._offsets.pop(partition, None)
            self._committed.pop(partition, None)

    def attempt(self, consumer: Consumer) -> None:
        """Commit everything pending, if anything. After a failure it stays pending."""
        if not self._offsets:
            return
        try:
            consumer.commit(self._offsets)
        except CommitFailed as error:
            self._failures.inc()
            if self._failure.changes_to("failing"):
                log.warning("commit_failed", offsets=dict(self._offsets), reason=str(error))
        else:
            self._committed.update(self._offsets)
            self._offsets = {}
            self._failure.changes_to("")
