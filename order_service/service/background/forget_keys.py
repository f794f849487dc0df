"""Idempotency keys that nobody will repeat any more."""

import structlog

from libs.clean_up import delete_in_batches
from order_service.service.orders.edge_ports import IdempotencyKeys
from order_service.service.orders.ports import AsTheOnlyOne

log = structlog.get_logger(__name__)


class ForgetKeys:
    def __init__(self, keys: IdempotencyKeys, *, as_the_only_one: AsTheOnlyOne) -> None:
        self._keys = keys
        self._as_the_only_one = as_the_only_one

    def __call__(self) -> int:
        """Delete expired keys in batches; return how many. Raises Unavailable."""
        with self._as_the_only_one() as only_one:
            return self._run() if only_one else 0

    def _run(self) -> int:
        deleted = delete_in_batches(lambda size: self._keys.delete_expired(limit=size))
        if deleted:
            log.info("idempotency_keys_forgotten", keys=deleted)
        return deleted
