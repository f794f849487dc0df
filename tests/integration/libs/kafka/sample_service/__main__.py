"""A minimal consumer service: it appends what it is handed to a file."""

from collections.abc import Sequence
from pathlib import Path

import typer
from pydantic import Field

from libs.contracts.settings import PaidTopicSettings
from libs.errors import Unavailable
from libs.health.heartbeat import Heartbeat
from libs.kafka.bridge.role import AcceptMalformed, policy, run_bridges
from libs.kafka.bridge.route import Route
from libs.kafka.dead_letters.commands import dead_letter_cli
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record
from libs.lifecycle.cli import service_cli
from libs.logging.setup import configure_logging
from libs.settings.base import from_environment
from libs.settings.groups import KafkaRoleSettings

SERVICE = "tests.integration.libs.kafka.sample_service"


class SampleSettings(KafkaRoleSettings, PaidTopicSettings):
    group: str = Field("sample-group", alias="GROUP")
    handed_off: Path = Field(alias="HANDED_OFF")
    outage: Path = Field(alias="OUTAGE")
    """While this file exists, hand-offs fail."""


def decode(record: Record) -> Record:
    if not record.value or not record.value.startswith(b"fine"):
        raise MalformedEvent(f"not fine: {(record.value or b'')[:20]!r}")
    return record


def consumer(*, accept_malformed: AcceptMalformed = False) -> None:
    """Append the position of each record to a file."""
    settings = from_environment(SampleSettings)
    configure_logging(settings.logger_level, as_json=True)

    def hand_off(events: Sequence[Record]) -> None:
        if settings.outage.exists():
            raise Unavailable("an outage")
        with settings.handed_off.open("a") as file:
            file.writelines(f"{each.partition}:{each.offset}\n" for each in events)

    run_bridges(
        [
            Route(
                topic=settings.order_paid_topic,
                group=settings.group,
                decode=decode,
                hand_off=hand_off,
            )
        ],
        settings,
        Heartbeat(settings.state_dir, SERVICE, "consumer"),
        policy=policy(accept_malformed=accept_malformed),
    )


def dead_letters() -> typer.Typer:
    return dead_letter_cli(
        SampleSettings, lambda settings: {settings.order_paid_topic: settings.group}
    )


if __name__ == "__main__":
    cli = service_cli(SERVICE, {"consumer": consumer})
    cli.add_typer(dead_letters(), name="dlq")
    cli()
