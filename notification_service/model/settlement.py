"""Decides the next state of a message's deliveries from Telegram's answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from libs.errors import AppError
from notification_service.model.delivery import Delivery, DeliveryState
from notification_service.model.errors import (
    AnswerLost,
    BotRefused,
    ChatClosed,
    ChatMoved,
    ChatUnreachable,
    FormattingRefused,
    MessageRefused,
    RefusalNotUnderstood,
    Throttled,
    TokenRefused,
)
from notification_service.model.pace import (
    LONGEST_REST_S,
    PAUSE_UNTIL_FIXED_S,
    pause_after_outage_s,
    put_off_s,
)

ALARMS: dict[type[AppError], str] = {
    TokenRefused: "telegram_token_refused",
    BotRefused: "telegram_bot_refused",
    ChatUnreachable: "telegram_chat_unknown",
    ChatMoved: "telegram_chat_moved",
}
"""Errors that an operator must fix, with their log events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The next state of every delivery of one attempt, and the pause of their chat.

    An alarm, the name of a log event, tells the operator that something must be fixed. A delivery
    that is put off lets the others pass and is retried after put_off_s. A chat that moved gets its
    messages at its new id.
    """

    state: DeliveryState
    message_id: int | None = None
    error: str | None = None
    refused: bool = False
    ambiguous: bool = False
    alone: bool = False
    outage: bool = False
    alarm: str | None = None
    pause_s: float = 0.0
    put_off_s: float = 0.0
    moved_to: int | None = None


def settlement_of_success(message_id: int) -> Settlement:
    return Settlement(state=DeliveryState.SENT, message_id=message_id)


def settlement_of_failure(
    error: AppError, deliveries: Sequence[Delivery], *, outages: int
) -> Settlement:
    """Decide. A failure that is not the message's does not count as a refusal of it."""
    match error:
        case MessageRefused():
            return _refusal(error, deliveries)
        case ChatClosed():
            return Settlement(state=DeliveryState.DEAD, error=str(error))
        case Throttled():
            return _again(error, pause_s=min(error.retry_after_s, LONGEST_REST_S))
        case TokenRefused() | BotRefused() | ChatUnreachable() | ChatMoved():
            return _somebodys_turn(error)
        case RefusalNotUnderstood():
            return _not_understood(error, deliveries)
        case _:
            return _again(
                error,
                pause_s=pause_after_outage_s(outages),
                outage=True,
                ambiguous=isinstance(error, AnswerLost),
            )


def _refusal(error: MessageRefused, deliveries: Sequence[Delivery]) -> Settlement:
    if len(deliveries) > 1:
        return Settlement(state=DeliveryState.NEW, error=str(error), alone=True)
    may_be_plain = isinstance(error, FormattingRefused) and not deliveries[0].as_plain_text
    state = DeliveryState.NEW if may_be_plain else DeliveryState.DEAD
    return Settlement(state=state, error=str(error), refused=True)


def _somebodys_turn(error: AppError) -> Settlement:
    if isinstance(error, ChatMoved):
        again = replace(_again(error, pause_s=0.0), moved_to=error.new_chat_id)
    else:
        again = _again(error, pause_s=PAUSE_UNTIL_FIXED_S)
    return replace(again, alarm=ALARMS[type(error)])


def _not_understood(error: RefusalNotUnderstood, deliveries: Sequence[Delivery]) -> Settlement:
    alone = Settlement(state=DeliveryState.NEW, error=str(error), alone=True)
    if len(deliveries) > 1:
        return alone
    put_offs = deliveries[0].put_offs
    alarm = None if put_offs else "telegram_refusal_not_understood"
    return replace(alone, put_off_s=put_off_s(put_offs), alarm=alarm)


def _again(
    error: AppError, *, pause_s: float, outage: bool = False, ambiguous: bool = False
) -> Settlement:
    return Settlement(
        state=DeliveryState.NEW,
        error=str(error),
        pause_s=pause_s,
        outage=outage,
        ambiguous=ambiguous,
    )
