"""A record that nobody can read, and how an operator sends it again, as docs/deploy.md has it."""

import re
from uuid import UUID, uuid5

from libs.contracts.events.v1.events_pb2 import OrderPaid
from libs.kafka.producer import KafkaPublisher
from libs.kafka.types import OutgoingRecord
from libs.testing.eventually import eventually
from tests.rehearsal.broker import operators_connection
from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.plan import Plan
from tests.rehearsal.problem import Problem
from tests.rehearsal.projects import Say

COMMAND = re.compile(r"^docker exec(?: --interactive)? (\S+) sh -c '([^']+)'", re.MULTILINE)

UNREADABLE = "no event at all"

READER = "assembly-worker"

LIST = ("python", "-m", "assembly_service", "dlq", "list")


def repair(plan: Plan, order: str, say: Say) -> None:
    """Write what is no event; look at it, and replay it as what the order's was. Raises Problem."""
    _write(plan, order)
    letter = _wait_for_letter(plan)
    save, replay = COMMAND.findall((ROOT / "docs" / "deploy.md").read_text(encoding="utf-8"))
    if UNREADABLE not in _done(plan, save, letter):
        raise Problem(f"{READER}: the value of {letter} is not what was written")
    _done(plan, replay, letter, given=_repaired(order))
    if _letter(plan) is not None:
        raise Problem(f"{READER}: {letter} still waits after its replay")
    say("a dead letter is looked at, repaired and sent again")


def _write(plan: Plan, order: str) -> None:
    record = OutgoingRecord(topic="order.paid", key=order.encode(), value=UNREADABLE.encode())
    publisher = KafkaPublisher(operators_connection(plan))
    try:
        published = publisher.publish([record])
    finally:
        publisher.close()
    if published.failures:
        raise Problem(f"kafka: {published.failures[0].reason}")


def _wait_for_letter(plan: Plan) -> str:
    try:
        return str(eventually(lambda: _letter(plan), within_s=30))
    except AssertionError as error:
        raise Problem(f"{READER}: what is no event became no dead letter") from error


def _letter(plan: Plan) -> str | None:
    """Return the one letter that waits."""
    done = plan.places[READER].run(LIST)
    found = re.search(r"^\d+:\d+(?= )", done.stdout, re.MULTILINE)
    return found and found[0]


def _repaired(order: str) -> str:
    """Return the event of the order's payment, which is text as it lacks a time."""
    event = OrderPaid(
        event_uuid=str(uuid5(UUID(order), "order.paid")),
        order_uuid=order,
        user_uuid=order,
        payment_method="CARD",
        transaction_uuid=order,
    )
    return event.SerializeToString().decode("ascii")


def _done(plan: Plan, command: tuple[str, str], letter: str, *, given: str = "") -> str:
    name, script = command
    place = plan.places[name]
    words = ("sh", "-c", place.mounts.text(script.replace("PARTITION:OFFSET", letter)))
    done = place.run(words, given=given)
    if done.returncode:
        raise Problem(f"{name}: {script} ends with {done.returncode}\n{done.stdout}")
    return done.stdout
