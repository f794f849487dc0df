"""Reads the catalogue of any implementation of the contract, by server reflection."""

from typing import Any

import grpc

from libs.grpc.errors import peer_error
from tests.acceptance.errors import NoAnswer
from tests.support.reflection import Reflected

SERVICE = "inventory.v1.InventoryService"


def list_parts(channel: grpc.Channel, address: str) -> list[dict[str, Any]]:
    """Call ListParts without a filter. Raises NoAnswer, also if the service is missing."""
    try:
        reply = Reflected(channel).call(SERVICE, "ListParts", {})
    except grpc.RpcError as error:
        raise NoAnswer(str(peer_error(address, error))) from error
    except KeyError as error:
        raise NoAnswer(f"{address} knows by reflection of no {SERVICE}/ListParts") from error
    parts: list[dict[str, Any]] = reply.get("parts", [])
    return parts
