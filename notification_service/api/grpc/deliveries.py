"""notification.v1.NotificationService."""

import grpc

from libs.contracts.notification.v1 import notification_pb2 as wire
from libs.contracts.notification.v1 import notification_pb2_grpc
from libs.grpc.server import HostedService
from notification_service.converter.deliveries import delivery_to_proto, order_uuids_from_proto
from notification_service.service.list_deliveries import ListDeliveries


class NotificationApi(notification_pb2_grpc.NotificationServiceServicer):
    def __init__(self, list_deliveries: ListDeliveries) -> None:
        self._list_deliveries = list_deliveries

    def ListDeliveries(  # noqa: N802  # named by the contract
        self, request: wire.ListDeliveriesRequest, _context: grpc.ServicerContext
    ) -> wire.ListDeliveriesResponse:
        found = self._list_deliveries(order_uuids_from_proto(request))
        return wire.ListDeliveriesResponse(deliveries=map(delivery_to_proto, found))


def hosted(api: NotificationApi) -> HostedService:
    return HostedService(
        wire.DESCRIPTOR.services_by_name["NotificationService"].full_name,
        notification_pb2_grpc.add_NotificationServiceServicer_to_server,
        api,
    )
