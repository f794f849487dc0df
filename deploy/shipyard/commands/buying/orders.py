"""shipyard order: what a customer does, and the way of an order."""

import time
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer

from deploy.shipyard.api import Api
from deploy.shipyard.commands.buying.timeline import timeline
from deploy.shipyard.exits import Refused
from deploy.shipyard.output import AsJson, Row, show, show_one
from deploy.shipyard.surroundings import Surroundings
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod

OrderId = Annotated[UUID, typer.Argument(metavar="ORDER", help="order_uuid, as list shows it.")]

LOOK_EVERY_S = 0.5

ENDS = {OrderStatus.ASSEMBLED, OrderStatus.CANCELLED}

LIST_LIMIT = 10_000


def cli() -> typer.Typer:
    """Build the commands for orders."""
    orders = typer.Typer(no_args_is_help=True, help="Orders, over the REST API.")
    for command in (create, pay, cancel, get, watch, timeline):
        orders.command()(command)
    orders.command("list")(list_orders)
    return orders


def create(
    *,
    part: Annotated[
        list[UUID] | None, typer.Option(help="A part; may be repeated. Default: the first one.")
    ] = None,
    user: Annotated[UUID | None, typer.Option(help="The customer. Default: a new one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create an order.

    Example: shipyard order create
    """
    api = an_api()
    parts = [str(each) for each in part or ()] or [_first_part(api)]
    body = {"user_uuid": str(user or uuid4()), "part_uuids": parts}
    show_one(api.post("/orders", body), as_json=as_json)


def pay(
    order: OrderId,
    *,
    method: Annotated[PaymentMethod, typer.Option(help="How to pay.")] = PaymentMethod.CARD,
    as_json: AsJson = False,
) -> None:
    """Pay an order.

    Example: shipyard order pay 6f2c… --method SBP
    """
    show_one(an_api().post(f"/orders/{order}/pay", {"payment_method": method}), as_json=as_json)


def cancel(order: OrderId) -> None:
    """Cancel an order that is not paid.

    Example: shipyard order cancel 6f2c…
    """
    an_api().post(f"/orders/{order}/cancel")
    typer.echo(f"cancelled {order}")


def get(order: OrderId, *, as_json: AsJson = False) -> None:
    """Show an order.

    Example: shipyard order get 6f2c…
    """
    show_one(an_api().get(f"/orders/{order}"), as_json=as_json)


def list_orders(
    *,
    status: Annotated[OrderStatus | None, typer.Option(help="Only these.")] = None,
    user: Annotated[UUID | None, typer.Option(help="Only this customer's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=LIST_LIMIT, help="Most to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List orders, newest first.

    Example: shipyard order list --status PAID --limit 100
    """
    found = an_api().orders(limit=limit, status=status, user_uuid=user)
    show(list(map(_flat, found)), as_json=as_json, nothing="no orders", brief=_in_brief)


def watch(
    order: OrderId,
    *,
    patience: Annotated[float, typer.Option("--for", help="Seconds to wait.")] = 60.0,
) -> None:
    """Print each status of an order until it is ASSEMBLED or CANCELLED; exit 1 if it is neither.

    Example: shipyard order watch 6f2c… --for 30
    """
    api, until_s = an_api(), time.monotonic() + patience
    shown = ""
    while True:
        status = str(api.get(f"/orders/{order}")["status"])
        if status != shown:
            typer.echo(f"{time.strftime('%H:%M:%S', time.gmtime())}  {status}")
            shown = status
        if status in ENDS:
            return
        if time.monotonic() > until_s:
            raise Refused(f"order {order} is still {status} after {patience:g} s")
        time.sleep(LOOK_EVERY_S)


def an_api() -> Api:
    return Api.of(Surroundings.of_this_process())


def _first_part(api: Api) -> str:
    parts = api.get("/parts", limit=1)["parts"]
    if not parts:
        raise Refused("the catalogue is empty: run `python -m inventory_service migrate`")
    return str(parts[0]["part_uuid"])


def _flat(order: Mapping[str, Any]) -> Row:
    """Give every order the same fields: the API leaves out what is not known yet."""
    return {**order, **{name: order.get(name) for name in ("transaction_uuid", "payment_method")}}


def _in_brief(order: Row) -> Row:
    return {
        "order_uuid": order["order_uuid"],
        "status": order["status"],
        "price": order["total_price"],
        "method": order["payment_method"],
    }
