"""The gRPC servers of the stack, which answer health checks."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from deploy.shipyard.exits import CannotDo
from deploy.shipyard.surroundings import Surroundings
from libs.grpc.channel import open_channel
from order_service.client.health import peer_check
from order_service.config.settings import ChargingSettings, DeliveriesSettings, InventorySettings


def peers(surroundings: Surroundings) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield a health check of each gRPC server whose address is known."""
    with suppress(CannotDo):
        payment = surroundings.settings(ChargingSettings, "order")
        channel = open_channel(payment.payment_host, payment.payment_port, ca=payment.payment_ca)
        yield "payment", peer_check(channel, "payment.v1.PaymentService")
    with suppress(CannotDo):
        parts = surroundings.settings(InventorySettings, "order")
        channel = open_channel(parts.inventory_host, parts.inventory_port, ca=parts.inventory_ca)
        yield "inventory", peer_check(channel, "inventory.v1.InventoryService")
    told = surroundings.settings(DeliveriesSettings, "order")
    if told.notification_host is not None:
        channel = open_channel(
            told.notification_host, told.notification_port, ca=told.notification_ca
        )
        yield "notification", peer_check(channel, "notification.v1.NotificationService")
