"""What becomes of the deliveries of a message, by Telegram's answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from libs.errors import AppError
from notification_service.model.delivery import Delivery, DeliveryState
from notification_service.model.errors import (
    AnswerLost,
    ChatClosed,
    ChatUnknown,
    FormattingRefused,
    MessageRefused,
    Throttled,
    TokenRefused,
)
from notification_service.model.pace import PAUSE_UNTIL_MENDED_S, pause_after_outage_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The next state of every delivery of one attempt, and the silence their chat needs.

    An alarm, the name of a log event, is for the operator: nothing will be sent until something is
    mended.
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


def settlement_of_success(message_id: int) -> Settlement:
    return Settlement(state=DeliveryState.SENT, message_id=message_id)


def settlement_of_failure(
    error: AppError, deliveries: Sequence[Delivery], *, outages: int
) -> Settlement:
    """Decide. Whatever says nothing about the message itself costs it nothing."""
    match error:
        case MessageRefused():
            return _refusal(error, deliveries)
        case ChatClosed():
            return Settlement(state=DeliveryState.DEAD, error=str(error))
        case Throttled():
            return _again(error, pause_s=error.retry_after_s)
        case TokenRefused():
            return _until_mended(error, alarm="telegram_token_refused")
        case ChatUnknown():
            return _until_mended(error, alarm="telegram_chat_unknown")
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


def _until_mended(error: AppError, *, alarm: str) -> Settlement:
    return replace(_again(error, pause_s=PAUSE_UNTIL_MENDED_S), alarm=alarm)


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
