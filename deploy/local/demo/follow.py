"""Follows the orders until each is assembled and notified."""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from deploy.local.demo.journey import Journey, Stage
from deploy.local.demo.views import View

LOOK_EVERY_S = 0.25
GIVE_UP_AFTER_S = 180.0

Statuses = Callable[[], dict[UUID, str]]
SentEvents = Callable[[frozenset[UUID]], frozenset[UUID]]


def follow(
    journeys: Sequence[Journey], *, statuses: Statuses, sent_events: SentEvents, view: View
) -> list[Journey]:
    """Show each order's progress until all have ended or 180 s are over; return the progress."""
    deadline_s = time.monotonic() + GIVE_UP_AFTER_S
    current = list(journeys)
    events = frozenset().union(*(journey.events for journey in current))
    while True:
        seen, sent = statuses(), sent_events(events)
        now_s = time.monotonic()
        current = [
            journey.seen(seen[journey.order_uuid], sent=sent, now_s=now_s) for journey in current
        ]
        view.show(current)
        if all(journey.stage is Stage.NOTIFIED for journey in current) or now_s > deadline_s:
            return current
        time.sleep(LOOK_EVERY_S)
