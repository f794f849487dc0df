"""An operator's work in docs/deploy.md, with faults meanwhile."""

import re
from collections.abc import Sequence
from contextlib import closing
from uuid import UUID, uuid5

from libs.contracts.events.v1.events_pb2 import OrderPaid
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.types import OutgoingRecord
from tests.rehearsal.building.checkout import Checkout, command
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.problem import Problem
from tests.rehearsal.stack import wait_healthy
from tests.rehearsal.steps.orders import Customer
from tests.support.eventually import eventually

BURST = 20

UNREADABLE = "no event at all"

READERS = ("assembly", "notification")
"""Both services read order.paid, and each writes its own dead letter of a record."""

QUESTIONS = (
    ("order-worker", "order_service", "dlq", "list"),
    ("assembly-worker", "assembly_service", "dlq", "list"),
    ("notification-worker", "notification_service", "dlq", "list", "--topic", "order.paid"),
    ("order-http", "order_service", "health", "http"),
)
"""The checks of docs/deploy.md in running containers."""

CRASH = "import os, signal; os.kill(-1, signal.SIGKILL)"
"""Kills every process of a container that is not its init."""


def burst_under_faults(checkout: Checkout) -> list[str]:
    """Order while a worker is killed and the broker restarts; return the orders. Raises Problem.

    Docker does not restart a container after `docker kill`, so the operator starts it.
    """
    docker, customer = checkout.docker, Customer(checkout)
    orders = [customer.buy() for _ in range(BURST // 2)]
    docker("kill", "assembly-worker")
    docker("restart", "kafka")
    orders += [customer.buy() for _ in range(BURST // 2)]
    checkout.bash("make compose-up-assembly")
    customer.wait_for_ships(orders)
    return orders


def crash(docker: Docker, name: str) -> None:
    """Kill a role inside its container; check that Docker restarts it. Raises Problem."""
    before = docker.inspect(name)[0]["RestartCount"]
    docker.run("exec", name, "python", "-c", CRASH)
    try:
        eventually(lambda: docker.inspect(name)[0]["RestartCount"] > before, within_s=30, every_s=1)
    except AssertionError:
        raise Problem(f"{name} was not restarted after a crash") from None
    wait_healthy(docker)


def ask(docker: Docker) -> None:
    """Run the operator's checks; wait until `check` finds no violation. Raises Problem."""
    for name, *words in QUESTIONS:
        docker("exec", name, "python", "-m", *words)
    check = ("exec", "order-worker", "python", "-m", "order_service", "check")
    try:
        eventually(lambda: docker.run(*check).returncode == 0, within_s=60, every_s=1)
    except AssertionError:
        raise Problem(f"order_service check: {docker.run(*check).stdout}") from None


def repair(checkout: Checkout, order: str) -> None:
    """Write a malformed record; repair each reader's dead letter. Raises Problem."""
    _write(checkout, order)
    for service in READERS:
        _repair(checkout, service, order)


def _repair(checkout: Checkout, service: str, order: str) -> None:
    """Fetch the dead letter's value and replay a repaired one, with docs/deploy.md's commands."""
    try:
        dead_letter = eventually(lambda: _dead_letter(checkout, service), within_s=30, every_s=1)
    except AssertionError:
        raise Problem(f"{service}: a malformed record became no dead letter") from None
    _dlq(checkout, service, "docker exec {}-worker sh -c '{} dlq show", str(dead_letter))
    value = checkout.root / "value"
    if value.read_text(encoding="utf-8").strip() != UNREADABLE:
        raise Problem(f"{service}: the value of {dead_letter} differs from the written one")
    value.write_bytes(_repaired(order))
    _dlq(checkout, service, "docker exec --interactive {}-worker sh -c 'cat", str(dead_letter))
    if _dead_letter(checkout, service) is not None:
        raise Problem(f"{service}: {dead_letter} still waits after its replay")


def back_up_and_restore(checkout: Checkout, orders: Sequence[str]) -> None:
    """Dump both databases and restore the orders, as docs/deploy.md says. Raises Problem."""
    checkout.documented("docker exec order-postgres pg_dump")
    checkout.documented("docker stop order-http")
    wait_healthy(checkout.docker)
    if lost := set(orders) - set(Customer(checkout).all_orders()):
        raise Problem(f"not in the restored database: {', '.join(lost)}")


def _write(checkout: Checkout, order: str) -> None:
    port = checkout.values["CORE_KAFKA_EXTERNAL_PORT"]
    record = OutgoingRecord(topic="order.paid", key=order.encode(), value=UNREADABLE.encode())
    with closing(KafkaPublisher({"bootstrap_servers": [f"127.0.0.1:{port}"]})) as publisher:
        published = publisher.publish([record])
    if published.failures:
        raise Problem(f"kafka: {published.failures[0].reason}")


def _dlq(checkout: Checkout, service: str, beginning: str, dead_letter: str = "") -> str:
    """Run docs/deploy.md's command for assembly's dead letters."""
    script = command(beginning.format("assembly", "python -m assembly_service"))
    topic = " --topic order.paid" if service == "notification" else ""
    here = script.replace("dlq list", f"dlq list{topic}")
    here = here.replace("PARTITION:OFFSET", dead_letter + topic).replace("assembly", service)
    return checkout.bash(here)


def _dead_letter(checkout: Checkout, service: str) -> str | None:
    """Return the only waiting dead letter, as PARTITION:OFFSET."""
    listed = _dlq(checkout, service, "docker exec {}-worker {} dlq list")
    found = re.search(r"^\d+:\d+(?= )", listed, re.MULTILINE)
    return found and found[0]


def _repaired(order: str) -> bytes:
    event = OrderPaid(
        event_uuid=str(uuid5(UUID(order), "order.paid")),
        order_uuid=order,
        user_uuid=order,
        payment_method="CARD",
        transaction_uuid=order,
    )
    return event.SerializeToString()
