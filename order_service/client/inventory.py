"""The inventory service over gRPC."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import grpc

from libs.contracts.inventory.v1 import inventory_pb2
from libs.contracts.inventory.v1.inventory_pb2_grpc import InventoryServiceStub
from libs.errors import TimedOut
from libs.grpc.errors import peer_error
from libs.resilience.coalescing import Coalescing
from order_service.converter.inventory import (
    list_parts_request,
    parts_from_proto,
    prices_from_proto,
    wanted_parts_request,
)
from order_service.model.errors import InventoryTimedOut, InventoryUnavailable
from order_service.model.part import Part, PartsWanted
from order_service.service.orders.ports import Inventory

T = TypeVar("T")

Read = Callable[[Iterable[inventory_pb2.Part]], T]


class GrpcInventory(Inventory):
    def __init__(self, channel: grpc.Channel, *, timeout_s: float) -> None:
        self._stub = InventoryServiceStub(channel)
        self._timeout_s = timeout_s
        self._shared = Coalescing(self._prices, self._prices_of_each)

    def prices(self, part_uuids: Sequence[UUID]) -> Mapping[UUID, Decimal]:
        return self._shared(part_uuids)

    def _prices_of_each(self, orders: Sequence[Sequence[UUID]]) -> Sequence[Mapping[UUID, Decimal]]:
        prices = self._prices(list(dict.fromkeys(part for parts in orders for part in parts)))
        return [{part: prices[part] for part in parts if part in prices} for parts in orders]

    def parts(self, wanted: PartsWanted) -> Sequence[Part]:
        return self._listed(wanted_parts_request(wanted), parts_from_proto)

    def _prices(self, part_uuids: Sequence[UUID]) -> Mapping[UUID, Decimal]:
        return self._listed(list_parts_request(part_uuids), prices_from_proto)

    def _listed(self, request: inventory_pb2.ListPartsRequest, read: Read[T]) -> T:
        try:
            reply = self._stub.ListParts(request, timeout=self._timeout_s)
            return read(reply.parts)
        except grpc.RpcError as error:
            if isinstance(peer_error("inventory", error), TimedOut):
                raise InventoryTimedOut from error
            raise InventoryUnavailable from error
        except ValueError as error:
            raise InventoryUnavailable from error
