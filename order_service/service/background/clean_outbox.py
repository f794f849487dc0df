"""Events that have done their work leave the outbox."""

import structlog

from libs.clean_up import delete_in_batches
from order_service.service.background.ports import Outbox
from order_service.service.orders.ports import AsTheOnlyOne

log = structlog.get_logger(__name__)


class CleanOutbox:
    def __init__(self, outbox: Outbox, *, as_the_only_one: AsTheOnlyOne) -> None:
        self._outbox = outbox
        self._as_the_only_one = as_the_only_one

    def __call__(self) -> int:
        """Delete finished events in batches; return how many. Raises Unavailable."""
        with self._as_the_only_one() as only_one:
            return self._run() if only_one else 0

    def _run(self) -> int:
        deleted = delete_in_batches(lambda size: self._outbox.delete_done(limit=size))
        if deleted:
            log.info("outbox_cleaned", events=deleted)
        return deleted
