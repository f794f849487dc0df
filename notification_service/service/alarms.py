"""Raises an alarm once, not at every attempt."""

from notification_service.model.settlement import Settlement


class Alarms:
    """The alarms that this process has raised, until a message gets through again."""

    def __init__(self) -> None:
        self._raised: dict[int, set[tuple[str, str | None]]] = {}

    def is_news(self, chat_id: int, settlement: Settlement) -> bool:
        """Return whether the settlement's alarm is new for the chat, and remember it."""
        if not settlement.alarm:
            return False
        raised = self._raised.setdefault(chat_id, set())
        alarm = (settlement.alarm, settlement.error)
        is_new = alarm not in raised
        raised.add(alarm)
        return is_new

    def end(self, chat_id: int) -> None:
        self._raised.pop(chat_id, None)
