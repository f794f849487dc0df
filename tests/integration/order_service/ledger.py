"""Records charges."""

from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5


class Charge(NamedTuple):
    order_uuid: str
    method: int
    transaction_uuid: str


def transaction_for(order_uuid: str) -> str:
    """Return an order's only transaction."""
    return str(uuid5(NAMESPACE_URL, order_uuid))
