"""Offsets that are done with but not yet committed."""

from collections.abc import Iterable

import structlog

from libs.kafka.consuming import CommitFailed, Consumer, Offsets
from libs.resilience.on_change import OnChange

log = structlog.get_logger(__name__)


class PendingCommits:
    """Keeps what a failed commit did not commit, for the next attempt.

    A partition that stays ours keeps its position, so its records do not come again by themselves
    and their offsets would otherwise stay uncommitted until more records come.
    """

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._failure = OnChange()

    def add(self, offsets: Offsets) -> None:
        self._offsets.update(offsets)

    def reach(self, offsets: Offsets) -> None:
        """Add those that are not committed: 0 is what a group starts with."""
        self.add({each: to for each, to in offsets.items() if self._committed.get(each, 0) != to})

    def forget(self, lost: Iterable[int]) -> None:
        """Leave these to whoever has the partitions now: committing them could undo its work."""
        for partition in lost:
            self._offsets.pop(partition, None)
            self._committed.pop(partition, None)

    def attempt(self, consumer: Consumer) -> None:
        """Commit all that is pending, if anything; a failure leaves it pending."""
        if not self._offsets:
            return
        try:
            consumer.commit(self._offsets)
        except CommitFailed as error:
            if self._failure.changes_to("failing"):
                log.warning("commit_failed", offsets=dict(self._offsets), reason=str(error))
        else:
            self._committed.update(self._offsets)
            self._offsets = {}
            self._failure.changes_to("")
