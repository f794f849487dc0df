"""The command line beside a running stack."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from signal import SIGKILL
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.configuration.programs import Stack
from deploy.local.demo.shop import Customer
from deploy.shipyard.surroundings import FOLDER_VARIABLE
from tests.e2e.observing import unfinished
from tests.support.eventually import eventually

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

WAY = [
    *("created", "claimed", "charged", "paid", "published", "ship_due", "ship_built", "assembled"),
    *("delivery_paid", "delivery_assembled"),
]


def shipyard(
    stack: Stack, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.shipyard", *arguments],
        env={**os.environ, **(variables or {FOLDER_VARIABLE: str(stack.folders.local)})},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def told(stack: Stack, *arguments: str) -> Any:
    done = shipyard(stack, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_way_of_an_order_has_every_step_with_its_time_and_place(
    stack: Stack, customer: Customer, api_url: str
) -> None:
    [journey] = customer.order_ships(1)
    customer.pay_all([journey])
    assert unfinished(stack, customer, [journey]) == []

    way = told(stack, "order", "timeline", str(journey.order_uuid))

    assert [step["step"] for step in way["steps"]] == WAY
    assert (way["status"], way["waits_for"]) == ("ASSEMBLED", None)
    by_name = {step["step"]: step for step in way["steps"]}
    for record in ("published", "ship_built"):
        details = by_name[record]["details"]
        assert {"topic", "partition", "offset"} <= details.keys()
        assert details["offset"] >= 0
    assert by_name["ship_due"]["details"]["build_time_s"] == journey.build_time_s
    assert by_name["delivery_assembled"]["details"]["state"] == "SENT"
    over_rest = httpx.get(
        f"{api_url}/api/v1/orders/{journey.order_uuid}/timeline", trust_env=False
    ).json()
    assert [step["step"] for step in over_rest["steps"]] == WAY
    assert [step["state"] for step in over_rest["steps"][-2:]] == ["SENT", "SENT"]
    assert "unknown" not in over_rest


def test_an_order_is_made_paid_and_watched_from_the_command_line(stack: Stack) -> None:
    order = told(stack, "order", "create")["order_uuid"]
    assert told(stack, "order", "pay", order)["transaction_uuid"]

    watched = shipyard(stack, "order", "watch", order)

    assert watched.returncode == 0, watched.stderr
    assert watched.stdout.splitlines()[-1].endswith("ASSEMBLED")


def test_every_reading_answers(stack: Stack, customer: Customer) -> None:
    [journey] = customer.order_ships(1)
    customer.pay_all([journey])
    assert unfinished(stack, customer, [journey]) == []

    assert {row["lag"] for row in told(stack, "lag")} == {0}
    assert [row["queue"] for row in told(stack, "queues")] == ["order", "assembly", "notification"]
    assert told(stack, "parts", "list", "--limit", "2")
    assert any(row["topic"] == "order.paid" for row in told(stack, "events", "tail"))
    assert told(stack, "stats")["paid_a_minute"] > 0
    assert told(stack, "stores")["redis"]["policy"] == "noeviction"
    assert {row["problem"] for row in told(stack, "ps")} == {None}
    assert shipyard(stack, "top").returncode == 0
    assert (
        str(journey.order_uuid)
        in shipyard(stack, "logs", "--order", str(journey.order_uuid)).stdout
    )


def test_a_process_that_was_started_again_is_on_the_screen_of_top(stack: Stack) -> None:
    os.kill(flower(stack)["pid"], SIGKILL)

    def is_named() -> bool:
        return "restarts flower once" in " ".join(shipyard(stack, "top").stdout.split())

    eventually(is_named, within_s=60)
    eventually(lambda: flower(stack)["problem"] is None, within_s=60, every_s=1)


def flower(stack: Stack) -> Any:
    return next(row for row in told(stack, "ps") if row["process"] == "flower")


def test_a_stack_is_found_by_the_environment_alone(
    stack: Stack, customer: Customer, api_url: str, tmp_path: Path
) -> None:
    [journey] = customer.order_ships(1)
    variables = {FOLDER_VARIABLE: str(tmp_path), "SHIPYARD_URL": api_url, **addresses(stack)}

    for arguments in (
        ("order", "list"),
        ("order", "timeline", str(journey.order_uuid)),
        *(("parts", "list"), ("lag",), ("queues",), ("deliveries", "list"), ("check",)),
    ):
        done = shipyard(stack, *arguments, variables=variables)
        assert done.returncode == 0, done.stderr


def addresses(stack: Stack) -> dict[str, str]:
    """Return the variables that a container of an operator would have."""
    environments = stack.environments
    databases = {
        f"{service.upper()}_{name}": value
        for service in ("order", "notification")
        for name, value in getattr(environments, service)().items()
        if name.startswith("POSTGRES_")
    }
    peers = {
        name: value for name, value in environments.order().items() if name.startswith("INVENTORY_")
    }
    return {**environments.kafka(), **environments.redis(), **databases, **peers}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("order", "get", str(uuid4())), 1, "does not exist"),
        (("order", "timeline", str(uuid4())), 1, "does not exist"),
        (("order", "get", "no-uuid"), 2, "should be a valid UUID"),
        (("order", "create", "--part", str(uuid4())), 1, "parts do not exist"),
        (("events", "tail", "no.such.topic"), 3, "no.such.topic"),
        (("dlq", "show", "order.paid/0:99"), 1, "there is no dead letter"),
        (("deliveries", "retry", "--chat", "5"), 2, "--yes"),
    ],
)
def test_bad_input_is_one_clear_line(
    stack: Stack, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = shipyard(stack, *arguments)

    assert done.returncode == code
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
