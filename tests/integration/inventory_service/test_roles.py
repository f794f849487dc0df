"""The roles as processes: the catalogue from an empty database to a caller."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import grpc
import pytest

from deploy.local.engines.ports import free_port
from libs.contracts.inventory.v1 import inventory_pb2 as wire
from libs.contracts.inventory.v1 import inventory_pb2_grpc
from tests.support.reflection import Reflected
from tests.support.roles import RoleProcess, run_to_end, running_role
from tests.support.servers.mongo import MongoAddress

SERVICE = "inventory.v1.InventoryService"
DEADLINE_S = 2.0


@pytest.fixture
def environment(mongo: MongoAddress, tmp_path: Path) -> dict[str, str]:
    return {
        "MONGO_HOST": mongo.host,
        "MONGO_PORT": str(mongo.port),
        "MONGO_DATABASE": mongo.database,
        "MONGO_INITDB_ROOT_USERNAME": "",
        "MONGO_INITDB_ROOT_PASSWORD": "",
        "GRPC_PORT": str(free_port()),
        "STATE_DIR": str(tmp_path),
    }


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[RoleProcess]:
    exit_code, output = run_to_end("inventory_service", "migrate", environment)
    assert exit_code == 0, output
    with running_role("inventory_service", "grpc", environment) as server:
        server.wait_for_output("serving_began")
        yield server


def list_parts(channel: grpc.Channel, wanted: wire.PartsFilter) -> list[wire.Part]:
    reply: wire.ListPartsResponse = inventory_pb2_grpc.InventoryServiceStub(channel).ListParts(
        wire.ListPartsRequest(filter=wanted), timeout=DEADLINE_S
    )
    return list(reply.parts)


def get_part(channel: grpc.Channel, uuid: str) -> wire.Part:
    reply: wire.GetPartResponse = inventory_pb2_grpc.InventoryServiceStub(channel).GetPart(
        wire.GetPartRequest(uuid=uuid), timeout=DEADLINE_S
    )
    return reply.part


def test_a_caller_without_generated_code_lists_the_parts(channel: grpc.Channel) -> None:
    reflected = Reflected(channel)

    parts = reflected.call(SERVICE, "ListParts", {})["parts"]

    assert SERVICE in reflected.services
    assert len(parts) >= 24
    assert {part["category"] for part in parts} == {
        "CATEGORY_ENGINE",
        "CATEGORY_FUEL",
        "CATEGORY_PORTHOLE",
        "CATEGORY_WING",
    }


def test_parts_are_filtered_and_fetched_one_by_one(channel: grpc.Channel) -> None:
    (listed,) = list_parts(
        channel, wire.PartsFilter(categories=["CATEGORY_WING"], manufacturer_countries=["India"])
    )

    assert listed.name == "Radiator wing"
    assert get_part(channel, listed.uuid) == listed


def test_an_unknown_part_and_an_invalid_id_have_different_statuses(
    channel: grpc.Channel,
) -> None:
    statuses = []
    for uuid in (str(uuid4()), "grid-fin"):
        with pytest.raises(grpc.RpcError) as failure:
            get_part(channel, uuid)
        statuses.append(failure.value.code())

    assert statuses == [grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT]


def test_many_callers_at_once_are_answered_within_their_deadlines(channel: grpc.Channel) -> None:
    everything = wire.PartsFilter()

    with ThreadPoolExecutor(16) as callers:
        counts = set(callers.map(lambda _: len(list_parts(channel, everything)), range(100)))

    assert counts == {28}


def test_a_second_server_on_the_port_is_one_line_and_exit_code_1(
    server: RoleProcess, environment: dict[str, str]
) -> None:
    address = f"127.0.0.1:{environment['GRPC_PORT']}"

    assert run_to_end("inventory_service", "grpc", environment) == (
        1,
        f"cannot listen on {address} (Address already in use): change GRPC_PORT or GRPC_HOST\n",
    )
