"""payments list, payments settle: the operator's commands for payments in doubt."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID, uuid4

import typer
from sqlalchemy import Engine

from libs.clock import utc_now
from libs.errors import AppError
from libs.lifecycle.starting import start
from libs.logging.trace import current_traceparent
from libs.postgres.engine import create_database_engine
from order_service.config.settings import PaymentsSettings
from order_service.model.claim import Claim
from order_service.repository.orders import PostgresOrders
from order_service.service.orders.ports import OrderRepository
from order_service.service.orders.settle_payment import SettlePayment

LIST_LIMIT = 1000

OrderId = Annotated[UUID, typer.Argument(metavar="ORDER", help="order_uuid, as shown by list.")]
Charged = Annotated[
    UUID | None,
    typer.Option("--charged", metavar="TRANSACTION", help="Charged: set the order to PAID."),
]
NotCharged = Annotated[
    bool, typer.Option("--not-charged", help="Not charged: allow payment and cancelling.")
]


def payments_cli() -> typer.Typer:
    cli = typer.Typer(
        no_args_is_help=True,
        help="Payments in doubt: refused after an attempt that may have charged.",
    )

    @cli.command("list")
    def list_payments() -> None:
        """List the payments in doubt, oldest first."""
        with stored_orders() as orders:
            for claim in orders.in_doubt(limit=LIST_LIMIT):
                typer.echo(line(claim))

    @cli.command()
    def settle(order: OrderId, charged: Charged = None, *, not_charged: NotCharged = False) -> None:
        """Record how a payment in doubt ended. Look it up at the payment provider first."""
        if (charged is not None) is not_charged:
            raise typer.BadParameter("give exactly one of --charged and --not-charged")
        with stored_orders() as orders:
            settle_payment = SettlePayment(orders, new_id=uuid4, clock=utc_now)
            if charged is None:
                settle_payment.not_charged(order)
            else:
                settle_payment.charged(order, charged)
        typer.echo(f"settled {order}")

    return cli


def line(claim: Claim) -> str:
    tried_at = claim.paying_since.isoformat(timespec="seconds")
    return f"{claim.order_uuid}  {claim.method}  {tried_at}  {claim.doubt}"


@contextmanager
def stored_orders() -> Iterator[OrderRepository]:
    """Open the database. An expected failure (AppError) is one line and exit code 1."""
    settings = start(PaymentsSettings)
    engine: Engine = create_database_engine(settings, pool_size=1)
    try:
        yield PostgresOrders(engine, topic_of=settings.topic_of, current_trace=current_traceparent)
    except AppError as error:
        sys.exit(str(error))
    finally:
        engine.dispose()
