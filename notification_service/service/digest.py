"""Chooses the due events that go into one message."""

from collections.abc import Sequence
from itertools import takewhile

from notification_service.model.delivery import Delivery
from notification_service.model.text import MAX_MESSAGE_UNITS
from notification_service.service.ports import Wording

MAX_LINES = 20
"""Events in one digest."""


def fitting(due: Sequence[Delivery], wording: Wording) -> Sequence[Delivery]:
    """Return the oldest of the due deliveries that fit into one message, in their order.

    A delivery that must go alone goes alone, and no later one overtakes it.
    """
    if due[0].alone:
        return due[:1]
    chosen = list(takewhile(lambda each: not each.alone, due[:MAX_LINES]))
    while len(chosen) > 1 and wording.digest(chosen).length > MAX_MESSAGE_UNITS:
        chosen.pop()
    return chosen
