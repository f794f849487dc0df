"""shipyard dlq: the dead letters of all services."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.shipyard.asking import ask
from deploy.shipyard.exits import NeedsYes, Refused, WrongUsage
from deploy.shipyard.output import AsJson, Row, show
from deploy.shipyard.servers import KAFKA, Reader, Servers, of_this_process
from libs.kafka.dead_letters.commands import plain_errors, replay_all
from libs.kafka.dead_letters.stored import DeadLetterId, StoredDeadLetter
from libs.kafka.dead_letters.text import dead_letter_in_full
from libs.kafka.dead_letters.topic import DeadLetterTopic

Id = Annotated[str, typer.Argument(metavar="ID", help="TOPIC/PARTITION:OFFSET, as list shows it.")]


Connection = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A dead letter and the group that could not read it."""

    reader: Reader
    dead_letter: StoredDeadLetter

    @property
    def id(self) -> str:
        return f"{self.reader.topic}/{self.dead_letter.id}"


def cli() -> typer.Typer:
    """Build the commands for dead letters."""
    dead_letters = typer.Typer(
        no_args_is_help=True, help="Dead letters: records that a service could not read."
    )
    dead_letters.command("list")(list_dead_letters)
    dead_letters.command("show")(show_dead_letter)
    dead_letters.command()(replay)
    return dead_letters


def list_dead_letters(
    *,
    every: Annotated[bool, typer.Option("--all", help="Also list replayed ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the pending dead letters of every service.

    Example: shipyard dlq list --json
    """
    servers = of_this_process()
    connection, readers = servers.kafka, list(servers.readers())
    found = ask(KAFKA, lambda: list(_all_of(connection, readers)))
    rows = [_row(each) for each in found if every or not each.dead_letter.replayed]
    show(rows, as_json=as_json, nothing="no pending dead letters")


def show_dead_letter(dead_letter: Id) -> None:
    """Show one dead letter in full.

    Example: shipyard dlq show order.paid/3:17
    """
    typer.echo(dead_letter_in_full(_one(of_this_process(), dead_letter).dead_letter))


def replay(
    dead_letter: Annotated[str | None, typer.Argument(metavar="ID")] = None,
    *,
    value_file: Annotated[
        Path | None, typer.Option("--value-file", help="Send this file's content instead.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Replay all pending ones.")] = False,
) -> None:
    """Send dead letters back to their topic, where every group reads them again.

    Example: shipyard dlq replay order.paid/3:17
    """
    servers = of_this_process()
    if dead_letter is None:
        if value_file is not None:
            raise WrongUsage("--value-file repairs one dead letter: give its ID")
        if not yes:
            raise NeedsYes("this replays every pending dead letter of every service")
        for reader in servers.readers():
            of_group = _read(servers.kafka, reader)
            _replay(servers, [each for each in of_group if not each.dead_letter.replayed])
        return
    one = _one(servers, dead_letter)
    if value_file is not None:
        repaired = one.dead_letter.repaired(value_file.read_bytes())
        one = Found(reader=one.reader, dead_letter=repaired)
    _replay(servers, [one])


def _replay(servers: Servers, found: list[Found]) -> None:
    if found:
        with plain_errors():
            reader = found[0].reader
            source = DeadLetterTopic(servers.kafka, reader.topic, reader.group)
            replay_all(source, [each.dead_letter for each in found], servers.kafka_settings)


def _one(servers: Servers, text: str) -> Found:
    """Find the dead letter. Raises WrongUsage, Refused, Away."""
    topic, slash, of_topic = text.rpartition("/")
    try:
        wanted = DeadLetterId.parse(of_topic)
    except ValueError as error:
        raise WrongUsage(f"{text!r} is no ID: write TOPIC/PARTITION:OFFSET") from error
    readers = [each for each in servers.readers() if slash and each.topic == topic]
    if not readers:
        raise WrongUsage(f"{topic!r} is no topic that a service reads")
    connection = servers.kafka
    found = ask(KAFKA, lambda: list(_all_of(connection, readers)))
    for each in found:
        if each.dead_letter.id == wanted:
            return each
    raise Refused(f"there is no dead letter {text}")


def _all_of(connection: Connection, readers: list[Reader]) -> Iterator[Found]:
    for reader in readers:
        yield from _read(connection, reader)


def _read(connection: Connection, reader: Reader) -> list[Found]:
    letters = DeadLetterTopic(connection, reader.topic, reader.group).read()
    return [Found(reader=reader, dead_letter=each) for each in letters]


def _row(found: Found) -> Row:
    letter = found.dead_letter
    return {
        "id": found.id,
        "service": found.reader.service,
        "at": letter.about("at"),
        "from": f"{letter.about('source-partition')}:{letter.about('source-offset')}",
        "bytes": len(letter.record.value or b""),
        "replayed": letter.replayed,
        "reason": letter.about("error"),
    }
