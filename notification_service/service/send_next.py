"""Sends one message: the oldest due event in full, or several as a digest."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from libs.errors import AppError, Unavailable
from libs.lifecycle.crashing import crash_point
from notification_service.model.delivery import Delivery, DeliveryState, Lease, Outlook, Settled
from notification_service.model.pace import Pace
from notification_service.model.settlement import (
    Settlement,
    settlement_of_failure,
    settlement_of_success,
)
from notification_service.service.alarms import Alarms
from notification_service.service.digest import fitting
from notification_service.service.ports import DeliveryRepository, Messenger, NewId, Pulse, Wording

LEASE_S = 30.0
"""Length of a chat's lease; renewed per message, and longer than one message takes."""

SETTLE_TIMEOUT_S = 4.0
SETTLE_INTERVAL_S = 1.0
"""Timeout and interval of storing a message's outcome while the database is unavailable."""

log = structlog.get_logger(__name__)


class SendNext:
    def __init__(
        self,
        deliveries: DeliveryRepository,
        messenger: Messenger,
        wording: Wording,
        *,
        pulse: Pulse,
        new_id: NewId,
        pace: Pace,
    ) -> None:
        self._deliveries = deliveries
        self._messenger = messenger
        self._wording = wording
        self._pulse = pulse
        self._new_id = new_id
        self._pace = pace
        self._alarms = Alarms()

    def __call__(self, lease: Lease, outlook: Outlook) -> bool:
        """Send what fits into one message; return False if the lease was lost.

        Deliveries whose outcome cannot be stored stay SENDING and become due again, marked
        ambiguous, when the lease is over. Raises Unavailable.
        """
        chosen = fitting(outlook.due, self._wording)
        attempt_id = self._new_id()
        claimed = self._deliveries.claim(
            lease, attempt_id, {each.event.key for each in chosen}, lease_s=LEASE_S
        )
        mine = [each for each in chosen if each.event.key in claimed]
        if not mine:
            return False
        crash_point("after_delivery_claim")
        settlement = self._send(outlook, mine)
        crash_point("after_telegram_send")
        settled = self._settle(lease.chat_id, attempt_id, settlement)
        self._report(lease.chat_id, mine, settlement, settled)
        return settled.count > 0

    def _send(self, outlook: Outlook, mine: Sequence[Delivery]) -> Settlement:
        formatted = not mine[0].as_plain_text
        text = self._wording.message(mine[0]) if len(mine) == 1 else self._wording.digest(mine)
        try:
            message_id = self._messenger.send(outlook.address, text, formatted=formatted)
        except AppError as error:
            return settlement_of_failure(error, mine, outages=outlook.outages)
        return settlement_of_success(message_id)

    def _settle(self, chat_id: int, attempt_id: UUID, settlement: Settlement) -> Settled:
        until_s = self._pulse.elapsed_s() + SETTLE_TIMEOUT_S
        rest_s = self._pace.of(chat_id)
        while True:
            try:
                return self._deliveries.settle(chat_id, attempt_id, settlement, rest_s=rest_s)
            except Unavailable:
                if self._pulse.elapsed_s() > until_s or self._pulse.wait(SETTLE_INTERVAL_S):
                    raise

    def _report(
        self, chat_id: int, mine: Sequence[Delivery], settlement: Settlement, settled: Settled
    ) -> None:
        events = [str(each.event.event_uuid) for each in mine]
        bound = log.bind(chat_id=chat_id, events=events, reason=settlement.error)
        if not settled.count:
            bound.warning("lease_lost_while_sending")
        elif settlement.state is DeliveryState.SENT:
            self._alarms.end(chat_id)
            bound.unbind("reason").info("notifications_sent", message_id=settlement.message_id)
        else:
            if self._alarms.is_news(chat_id, settlement):
                bound.error(settlement.alarm)
            elif not settled.given_up:
                pause_s = settlement.put_off_s or settlement.pause_s
                bound.warning("notifications_put_back", pause_s=pause_s)
            if settled.given_up:
                bound.error("notifications_given_up")
