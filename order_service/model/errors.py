"""The errors of orders, each of one kind (see libs.errors)."""

from collections.abc import Sequence
from uuid import UUID

from libs.errors import AppError, Conflict, InvalidInput, NotFound, TimedOut, Unavailable


class OrderNotFound(NotFound):
    def __init__(self, order_uuid: UUID) -> None:
        super().__init__(f"order {order_uuid} does not exist")


class OrderNotPayable(Conflict):
    def __init__(self, order_uuid: UUID, status: str) -> None:
        super().__init__(f"order {order_uuid} is {status}, only PENDING_PAYMENT can be paid")


class OrderNotCancellable(Conflict):
    def __init__(self, order_uuid: UUID, status: str) -> None:
        super().__init__(f"order {order_uuid} is {status}, only PENDING_PAYMENT can be cancelled")


class OrderNotAssemblable(Conflict):
    def __init__(self, order_uuid: UUID, status: str) -> None:
        super().__init__(f"order {order_uuid} is {status}, only PAID can be assembled")


class InFlight(Conflict):
    """Another request is changing the same thing; a retry after a second may succeed."""


class PaymentInFlight(InFlight):
    """Another payment holds the order's claim."""

    def __init__(self, order_uuid: UUID) -> None:
        super().__init__(f"a payment of order {order_uuid} is in flight")


class PartsNotFound(InvalidInput):
    def __init__(self, part_uuids: Sequence[UUID]) -> None:
        super().__init__(f"parts do not exist: {', '.join(map(str, part_uuids))}")


class TotalPriceTooHigh(InvalidInput):
    def __init__(self) -> None:
        super().__init__("the total price is above 9,999,999,999.99")


class InventoryUnavailable(Unavailable):
    def __init__(self) -> None:
        super().__init__("the inventory is unavailable, nothing was ordered")


class InventoryTimedOut(TimedOut):
    def __init__(self) -> None:
        super().__init__("the inventory answers too slowly, nothing was ordered")


class DeliveriesUnavailable(Unavailable):
    """It is not known now what the chats were told."""


class NotCharged(AppError):
    """The payment service refused the call and charged nothing."""


class PaymentInvalid(NotCharged, InvalidInput):
    def __init__(self, order_uuid: UUID, reason: str) -> None:
        super().__init__(f"payment of order {order_uuid} is invalid: {reason}")


class PaymentDeclined(NotCharged, Conflict):
    def __init__(self, order_uuid: UUID, reason: str) -> None:
        super().__init__(f"payment of order {order_uuid} was declined: {reason}")


class PaymentNotInDoubt(Conflict):
    def __init__(self, order_uuid: UUID) -> None:
        super().__init__(
            f"order {order_uuid} has no payment in doubt, or a payment of it was tried in"
            " the last 10 s: run payments list"
        )


class PaymentInDoubt(Unavailable):
    """The payment was refused after an attempt that may have charged."""

    def __init__(self, order_uuid: UUID, reason: str) -> None:
        super().__init__(
            f"it is not known whether order {order_uuid} was charged; until that is settled"
            " it can be neither cancelled nor paid by another method"
        )
        self.reason = reason


class PaymentUnavailable(Unavailable):
    """The payment may or may not have been charged."""

    def __init__(self, order_uuid: UUID) -> None:
        super().__init__(
            f"payment is unavailable; the payment of order {order_uuid} will be finished by itself"
        )


class PaymentTimedOut(TimedOut):
    """The payment may or may not have been charged."""

    def __init__(self, order_uuid: UUID) -> None:
        super().__init__(
            "payment answers too slowly; "
            f"the payment of order {order_uuid} will be finished by itself"
        )
