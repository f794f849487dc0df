"""shipyard events: the records of the topics, decoded."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import typer
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError, Message

from deploy.shipyard.asking import ask
from deploy.shipyard.output import AsJson, Row, as_moment, as_plain, show
from deploy.shipyard.servers import KAFKA, Servers, of_this_process
from libs.contracts.events.declared import EVENTS
from libs.contracts.events.v1 import events_pb2
from libs.kafka.client.observing.tail import tail
from libs.kafka.client.topics import dead_letter_topic
from libs.kafka.types import Record

MOST_RECORDS = 10_000


def cli() -> typer.Typer:
    """Build the command for events."""
    events = typer.Typer(no_args_is_help=True, help="Events in Kafka.")
    events.command("tail")(tail_events)

    @events.callback()
    def about() -> None:
        """Keep the only command a command with a name."""

    return events


def tail_events(
    topic: Annotated[str | None, typer.Argument(help="A topic, or its .dlq. Default: all.")] = None,
    *,
    last: Annotated[int, typer.Option(min=1, max=MOST_RECORDS, help="Newest to show.")] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for new ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the newest events, decoded. Reads as no member of any group, so nothing is committed.

    Example: shipyard events tail order.paid --follow
    """
    servers = of_this_process()
    messages = messages_by_topic(servers)
    topics = [topic] if topic else list(servers.topics.topics)
    if follow:
        for record in tail(servers.kafka, topics, last=last, follow=True):
            _print_line(row_of(record, messages), as_json=as_json)
        return
    read = partial(_newest, servers.kafka, topics, last)
    rows = [row_of(record, messages) for record in ask(KAFKA, read)]
    show(rows, as_json=as_json, nothing="no records")


def messages_by_topic(servers: Servers) -> Mapping[str, type[Message]]:
    """Map each topic, and its dead letters, to the message of its events."""
    messages: dict[str, type[Message]] = {}
    for event in EVENTS:
        topic = servers.topics.topic_of(event)
        messages[topic] = getattr(events_pb2, event.message)
        messages[dead_letter_topic(topic)] = messages[topic]
    return messages


def row_of(record: Record, messages: Mapping[str, type[Message]]) -> Row:
    return {
        "at": record.timestamp,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "event": decoded(record, messages.get(record.topic)),
    }


def decoded(record: Record, message: type[Message] | None) -> Mapping[str, Any]:
    """Return the fields of the event, or why it cannot be read. Payloads stay unread."""
    if message is None:
        return {"bytes": len(record.value or b"")}
    try:
        event = message.FromString(record.value or b"")
    except DecodeError:
        return {"malformed": "not a message of this topic", "bytes": len(record.value or b"")}
    return MessageToDict(event, preserving_proto_field_name=True)


def _newest(connection: Mapping[str, Any], topics: Sequence[str], last: int) -> list[Record]:
    records: Iterator[Record] = tail(connection, topics, last=last)
    return sorted(records, key=lambda record: record.timestamp)[-last:]


def _print_line(row: Row, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(as_plain(row)))
        return
    place = f"{row['topic']}/{row['partition']} at {row['offset']}"
    fields = "  ".join(f"{name}={value}" for name, value in row["event"].items())
    typer.echo(f"{as_moment(row['at'])}  {place}  {fields}")
