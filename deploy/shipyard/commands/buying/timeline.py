"""shipyard order timeline: the way of an order through all stores."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import typer

from assembly_service.config.settings import ConsumerSettings as AssemblySettings
from assembly_service.model.build_time import BuildTimes
from deploy.shipyard.asking import ask_all
from deploy.shipyard.exits import Away, ExitCode
from deploy.shipyard.output import AsJson, Row, show, show_one, warn
from deploy.shipyard.readings.ships import see_backlog, task_of_order
from deploy.shipyard.servers import NOTIFICATIONS, ORDERS, REDIS, Servers
from deploy.shipyard.surroundings import Surroundings
from libs.clock import utc_now
from libs.tasks.redis.waiting import Backlog, WaitingTask
from notification_service.model.delivery import DeliverySeen
from notification_service.repository.overview import deliveries_of
from order_service.model.timeline import Step, Timeline, WaitsFor
from order_service.repository.timelines import PostgresTimelines


@dataclass(frozen=True, kw_only=True)
class Way:
    """What every store that answered knows of an order."""

    timeline: Timeline | None
    deliveries: list[DeliverySeen] = field(default_factory=list)
    task: WaitingTask | None = None
    ship_due: Step | None = None
    away: list[Away] = field(default_factory=list)


def timeline(
    order: Annotated[UUID, typer.Argument(metavar="ORDER")], *, as_json: AsJson = False
) -> None:
    """Show every step of an order, when it was and where to look it up, and what it waits for.

    Reads the stores, so it answers while any role is down. A store that is away is named, and the
    exit code is 3.

    Example: shipyard order timeline 6f2c…
    """
    way = see_way(Surroundings.of_this_process(), order)
    steps = list(rows_of(way))
    if as_json:
        show_one({**summary(order, way), "steps": steps}, as_json=True)
    else:
        show_one(summary(order, way))
        typer.echo()
        show(steps)
    for each in way.away:
        warn(str(each))
    if way.away:
        raise typer.Exit(ExitCode.AWAY)


def see_way(surroundings: Surroundings, order: UUID) -> Way:
    servers = Servers(surroundings)
    timelines = PostgresTimelines(
        servers.orders, assembled_topic=servers.topics.order_assembled_topic
    )
    found, away = ask_all(
        {
            ORDERS: partial(timelines.timeline, order),
            NOTIFICATIONS: partial(deliveries_of, servers.notifications, [order]),
            REDIS: partial(see_backlog, servers.broker_url),
        }
    )
    seen: Timeline | None = found.get(ORDERS)
    backlog: Backlog | None = found.get(REDIS)
    return Way(
        timeline=seen,
        deliveries=found.get(NOTIFICATIONS, []),
        task=task_of_order(backlog, order) if backlog else None,
        ship_due=_ship_due(surroundings, seen) if seen else None,
        away=away,
    )


def _ship_due(surroundings: Surroundings, seen: Timeline) -> Step | None:
    """Return when the ship is due by the assembly service's own rule; None when it is built."""
    if seen.waits_for is not WaitsFor.SHIP or seen.event is None:
        return None
    settings = surroundings.settings(AssemblySettings, "assembly")
    times = BuildTimes(min_s=settings.build_time_min_s, max_s=settings.build_time_max_s)
    return seen.ship_due(times.of(seen.event.event_uuid))


def summary(order: UUID, way: Way) -> Row:
    if way.timeline is None:
        return {"order_uuid": order, "status": "unknown: its database is away"}
    return {
        "order_uuid": order,
        "status": way.timeline.order.status.value,
        "since": way.timeline.since,
        "age_s": (utc_now() - way.timeline.since).total_seconds(),
        "waits_for": why(way),
    }


def why(way: Way) -> str | None:
    """Say what the order's next step waits for."""
    seen = way.timeline
    if seen is None or seen.waits_for is None:
        return next((_untold(each) for each in way.deliveries if each.waits_for), None)
    claim, event = seen.order.claim, seen.event
    match seen.waits_for:
        case WaitsFor.CUSTOMER:
            return "the customer, to pay or to cancel"
        case WaitsFor.PAYMENT:
            return "the payment that holds the claim; orders.reconcile repeats it after 10 s"
        case WaitsFor.OPERATOR:
            return f"an operator, payments settle: {claim.doubt if claim else ''}"
        case WaitsFor.RELAY:
            reason = event.last_error if event and event.last_error else "not tried yet"
            return f"the relay, to publish OrderPaid: {reason}"
        case WaitsFor.SHIP:
            return _ship(way)


def _ship(way: Way) -> str:
    redrives = way.timeline.event.redrives if way.timeline and way.timeline.event else 0
    again = f", redriven {redrives} times" if redrives else ""
    if way.task is None:
        return f"its ship{again}; no task in Redis holds it: orders.redrive sends OrderPaid again"
    due = f" due at {way.ship_due.at:%H:%M:%S}" if way.ship_due else ""
    return f"its ship{due}{again}; its task is {_place(way.task)}"


def _untold(delivery: DeliverySeen) -> str:
    until = f" until {delivery.until:%H:%M:%S}" if delivery.until else ""
    return f"the chat, to hear of {delivery.kind}: {delivery.waits_for}{until}"


def rows_of(way: Way) -> Iterator[Row]:
    """Yield the steps in the order of the way, then the deliveries."""
    steps = list(way.timeline.steps()) if way.timeline else []
    for step in steps:
        yield _row(step)
    if way.ship_due:
        yield _row(way.ship_due)
    if way.task:
        yield _task_row(way.task)
    for each in way.deliveries:
        yield _delivery_row(each)


def _row(step: Step) -> Row:
    return {
        "step": str(step.name),
        "at": step.at,
        "found_in": step.found_in,
        "details": step.details,
    }


def _task_row(task: WaitingTask) -> Row:
    return {
        "step": "task_scheduled",
        "at": task.due or task.held_since,
        "found_in": f"Redis, {_place(task)}",
        "details": {"task": task.name, "task_id": task.task_id},
    }


def _place(task: WaitingTask) -> str:
    return f"held by a worker of {task.queue}" if task.held_since else f"in the queue {task.queue}"


def _delivery_row(delivery: DeliverySeen) -> Row:
    details: dict[str, Any] = {
        "state": delivery.state.value,
        "chat_id": delivery.chat_id,
        "attempts": delivery.attempts,
    }
    if delivery.last_error:
        details["last_error"] = delivery.last_error
    if delivery.waits_for:
        details["waits_for"] = delivery.waits_for
    return {
        "step": f"delivery_{delivery.kind}",
        "at": delivery.sent_at or delivery.created_at,
        "found_in": "deliveries.sent_at" if delivery.sent_at else "deliveries.created_at",
        "details": details,
    }
