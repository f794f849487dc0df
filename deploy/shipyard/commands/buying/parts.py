"""shipyard parts: the catalogue."""

from functools import partial
from typing import Annotated, Any

import typer

from deploy.shipyard.asking import ask
from deploy.shipyard.output import AsJson, Row, show
from deploy.shipyard.surroundings import Surroundings
from libs.grpc.channel import open_channel
from order_service.client.inventory import GrpcInventory
from order_service.config.settings import InventorySettings
from order_service.converter.inventory import CATEGORIES
from order_service.converter.rest import parts_to_json
from order_service.model.part import PartsWanted
from order_service.service.orders.list_parts import ListParts

INVENTORY = "the inventory service"

TIMEOUT_S = 3.0


def cli() -> typer.Typer:
    """Build the command for parts."""
    parts = typer.Typer(no_args_is_help=True, help="The catalogue, over the inventory's gRPC.")
    parts.command("list")(list_parts)

    @parts.callback()
    def about() -> None:
        """Keep the only command a command with a name."""

    return parts


def list_parts(
    *,
    category: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(CATEGORIES)}; may be repeated.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most to show.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List parts by name, with the ids that an order names.

    Example: shipyard parts list --category ENGINE
    """
    wanted = PartsWanted(categories=tuple(category or ()), tags=tuple(tag or ()))
    if unknown := set(wanted.categories) - set(CATEGORIES):
        raise typer.BadParameter(f"{', '.join(unknown)} is not one of {', '.join(CATEGORIES)}")
    settings = Surroundings.of_this_process().settings(InventorySettings, "order")
    listed = ask(INVENTORY, partial(_listed, settings, wanted, limit))
    rows: list[dict[str, Any]] = listed["parts"]
    show(rows, as_json=as_json, nothing="no such part", brief=_in_brief)


def _in_brief(part: Row) -> Row:
    return {name: part[name] for name in ("part_uuid", "name", "price", "category")}


def _listed(settings: InventorySettings, wanted: PartsWanted, limit: int) -> dict[str, Any]:
    host, port = settings.inventory_host, settings.inventory_port
    with open_channel(host, port, ca=settings.inventory_ca) as channel:
        inventory = GrpcInventory(channel, timeout_s=TIMEOUT_S)
        return parts_to_json(ListParts(inventory)(wanted, limit=limit))
