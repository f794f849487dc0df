"""Sends a chat's due deliveries, within Telegram's rate limits."""

import structlog

from libs.resilience.on_change import OncePerIncident
from notification_service.model.delivery import Lease, Outlook
from notification_service.service.digest import MAX_LINES
from notification_service.service.ports import DeliveryRepository, NewId, Pulse, SendQueue
from notification_service.service.send_next import LEASE_S, SendNext

RUN_S = 25.0
"""Seconds that one run may take."""

MAX_SEND_S = 10.0
"""Seconds that one message may take. No message is begun after RUN_S - MAX_SEND_S."""

SWEEP_EVERY_S = 5.0
"""Seconds between two sweeps; a chat that must pause longer is left to a sweep."""

log = structlog.get_logger(__name__)


class SendPending:
    def __init__(
        self,
        deliveries: DeliveryRepository,
        send_next: SendNext,
        queue: SendQueue,
        *,
        pulse: Pulse,
        new_id: NewId,
    ) -> None:
        self._deliveries = deliveries
        self._send_next = send_next
        self._queue = queue
        self._pulse = pulse
        self._new_id = new_id
        self._said = OncePerIncident()

    def __call__(self, chat_id: int) -> None:
        """Send until nothing is due or the time is over; then queue a successor if needed.

        Returns at once while another run holds the chat. Raises Unavailable; nothing is lost, the
        sweep queues another run.
        """
        until_s = self._pulse.elapsed_s() + RUN_S - MAX_SEND_S
        lease = Lease(chat_id=chat_id, lease_id=self._new_id())
        if not self._deliveries.lease_chat(lease, lease_s=LEASE_S):
            return
        try:
            while self._send_one(lease, until_s=until_s):
                pass
        finally:
            self._deliveries.release_chat(lease)
        self._ask_for_successor(chat_id)

    def _send_one(self, lease: Lease, *, until_s: float) -> bool:
        outlook = self._deliveries.look(lease.chat_id, limit=MAX_LINES)
        self._say_unknown(lease.chat_id, outlook)
        if not outlook.due or self._pulse.elapsed_s() + outlook.wait_s > until_s:
            return False
        if self._pulse.wait(outlook.wait_s):
            return False
        return outlook.wait_s > 0 or self._send_next(lease, outlook)

    def _say_unknown(self, chat_id: int, outlook: Outlook) -> None:
        for kind in sorted(outlook.unknown_kinds):
            if self._said.begins(kind):
                log.warning("deliveries_of_unknown_kind", kind=kind, chat_id=chat_id)

    def _ask_for_successor(self, chat_id: int) -> None:
        """Look once more: hints that came during the last look met a leased chat."""
        outlook = self._deliveries.look(chat_id, limit=1)
        if outlook.due and outlook.wait_s <= SWEEP_EVERY_S:
            self._queue.send_soon(chat_id)
