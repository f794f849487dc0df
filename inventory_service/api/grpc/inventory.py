"""inventory.v1.InventoryService."""

import grpc

from inventory_service.converter.filter_from_proto import filter_from_proto, part_id_from_proto
from inventory_service.converter.part_to_proto import part_to_proto
from inventory_service.service.get_part import GetPart
from inventory_service.service.list_parts import ListParts
from libs.contracts.inventory.v1 import inventory_pb2 as wire
from libs.contracts.inventory.v1 import inventory_pb2_grpc
from libs.grpc.server import HostedService


class InventoryApi(inventory_pb2_grpc.InventoryServiceServicer):
    def __init__(self, get_part: GetPart, list_parts: ListParts) -> None:
        self._get_part = get_part
        self._list_parts = list_parts

    def GetPart(  # noqa: N802  # named by the contract
        self, request: wire.GetPartRequest, _context: grpc.ServicerContext
    ) -> wire.GetPartResponse:
        part = self._get_part(part_id_from_proto(request))
        return wire.GetPartResponse(part=part_to_proto(part))

    def ListParts(  # noqa: N802  # named by the contract
        self, request: wire.ListPartsRequest, _context: grpc.ServicerContext
    ) -> wire.ListPartsResponse:
        parts = self._list_parts(filter_from_proto(request))
        return wire.ListPartsResponse(parts=[part_to_proto(part) for part in parts])


def hosted(api: InventoryApi) -> HostedService:
    return HostedService(
        wire.DESCRIPTOR.services_by_name["InventoryService"].full_name,
        inventory_pb2_grpc.add_InventoryServiceServicer_to_server,
        api,
    )
