"""The role as a process: tells what the chats were told, from its database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import grpc
import pytest
from sqlalchemy import Engine

from deploy.local.engines.ports import free_port
from libs.contracts.events.declared import ORDER_PAID
from libs.contracts.notification.v1 import notification_pb2 as wire
from libs.contracts.notification.v1 import notification_pb2_grpc
from libs.settings.groups import PostgresSettings
from notification_service.converter.deliveries import MAX_ORDERS
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from tests.support.reflection import Reflected
from tests.support.roles import RoleProcess, postgres_environment, running_role
from tests.unit.notification_service.builders import CHAT, a_paid_event

SERVICE = "notification.v1.NotificationService"


@pytest.fixture
def environment(engine: Engine, postgres: PostgresSettings, tmp_path: Path) -> dict[str, str]:
    return {
        **postgres_environment(postgres),
        "GRPC_PORT": str(free_port()),
        "STATE_DIR": str(tmp_path),
    }


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[RoleProcess]:
    with running_role("notification_service", "grpc", environment) as server:
        server.wait_for_output("serving_began")
        yield server


def told(engine: Engine) -> UUID:
    """Store a delivery of an order; return the order's id."""
    order_uuid = uuid4()
    event = a_paid_event(order_uuid=str(order_uuid))
    declared = replace(event, event_uuid=ORDER_PAID.event_uuid(order_uuid))
    PostgresDeliveries(engine).add([declared], CHAT)
    return order_uuid


def asked(channel: grpc.Channel, *order_uuids: UUID) -> list[wire.Delivery]:
    stub = notification_pb2_grpc.NotificationServiceStub(channel)
    request = wire.ListDeliveriesRequest(order_uuids=map(str, order_uuids))
    reply: wire.ListDeliveriesResponse = stub.ListDeliveries(request, timeout=5)
    return list(reply.deliveries)


def test_deliveries_of_a_hundred_orders_are_told_in_one_call(
    channel: grpc.Channel, engine: Engine
) -> None:
    order_uuids = [told(engine) for _ in range(3)]
    others = [uuid4() for _ in range(MAX_ORDERS - 3)]

    found = asked(channel, *others, *order_uuids)

    assert [each.order_uuid for each in found] == [str(each) for each in order_uuids]
    assert {(each.kind, each.state) for each in found} == {("paid", wire.DELIVERY_STATE_NEW)}


def test_more_are_an_invalid_argument(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        asked(channel, *(uuid4() for _ in range(MAX_ORDERS + 1)))

    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "order_uuids" in str(failure.value.details())


def test_a_caller_without_generated_code_is_told_too(channel: grpc.Channel, engine: Engine) -> None:
    order_uuid = str(told(engine))

    reply = Reflected(channel).call(SERVICE, "ListDeliveries", {"order_uuids": [order_uuid]})

    assert [(each["order_uuid"], each["state"]) for each in reply["deliveries"]] == [
        (order_uuid, "DELIVERY_STATE_NEW")
    ]
