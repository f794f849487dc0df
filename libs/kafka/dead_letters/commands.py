"""dlq list, show, replay, accept: the commands of a consumer service for its dead letters."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from libs.kafka.client.options import connection_options
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.dead_letters.acceptance import Acceptance
from libs.kafka.dead_letters.replay_position import TooScattered
from libs.kafka.dead_letters.stored import DeadLetterId, StoredDeadLetter
from libs.kafka.dead_letters.text import dead_letter_in_full, dead_letter_table
from libs.kafka.dead_letters.topic import DeadLetterTopic
from libs.kafka.dead_letters.writer import MAX_DEAD_LETTER_BYTES
from libs.kafka.errors import KafkaUnavailable
from libs.settings.base import from_environment
from libs.settings.groups import KafkaRoleSettings, KafkaSettings

S = TypeVar("S", bound=KafkaRoleSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDeadLetters:
    """The dead letters of one service: those of its group in each topic that it reads."""

    settings: KafkaRoleSettings
    groups: Mapping[str, str]

    def topic(self, topic: str | None) -> DeadLetterTopic:
        """Return the dead letters of the topic. It may be None if the service reads only one."""
        names = ", ".join(self.groups)
        if topic is None and len(self.groups) > 1:
            raise typer.BadParameter(f"choose a topic with --topic: one of {names}")
        chosen = topic or next(iter(self.groups))
        if chosen not in self.groups:
            raise typer.BadParameter(f"--topic {chosen} is not one of {names}")
        return DeadLetterTopic(connection_options(self.settings), chosen, self.groups[chosen])


Topic = Annotated[str | None, typer.Option("--topic", help="The topic of the original records.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="PARTITION:OFFSET, as list shows it.")]
OptionalId = Annotated[
    str | None,
    typer.Argument(metavar="ID", help="PARTITION:OFFSET; default: all pending."),
]


def dead_letter_cli(
    settings_class: type[S], groups: Callable[[S], Mapping[str, str]]
) -> typer.Typer:
    """Build the commands of a service. They read its settings when they run.

    groups returns the group that reads each topic.
    """
    cli = typer.Typer(no_args_is_help=True, help="Dead letters: malformed records.")

    def own() -> OwnDeadLetters:
        settings = from_environment(settings_class)
        return OwnDeadLetters(settings=settings, groups=groups(settings))

    _add_looking(cli, own)
    _add_replay(cli, own)
    _add_accept(cli, own)
    return cli


def _add_accept(cli: typer.Typer, own: Callable[[], OwnDeadLetters]) -> None:
    @cli.command()
    def accept() -> None:
        """Accept the malformed records of a consumer that logged malformed_record_limit_reached.

        The consumer that uses this state directory writes them to the dead letters, however many.
        It has no limit any more until it is restarted.
        """
        state_dir = own().settings.state_dir
        Acceptance(state_dir).give()
        typer.echo(
            f"accepted in {state_dir}: a consumer that goes on logs malformed_records_accepted"
        )


def _add_looking(cli: typer.Typer, own: Callable[[], OwnDeadLetters]) -> None:
    @cli.command("list")
    def list_dead_letters(
        *,
        topic: Topic = None,
        every: Annotated[bool, typer.Option("--all", help="Also list replayed ones.")] = False,
    ) -> None:
        """List the pending dead letters."""
        with plain_errors():
            dead_letters = own().topic(topic).read()
            typer.echo(
                dead_letter_table([each for each in dead_letters if every or not each.replayed])
            )

    @cli.command()
    def show(
        dead_letter: Id,
        topic: Topic = None,
        save_value: Annotated[
            Path | None, typer.Option("--save-value", help="Write the value to a file.")
        ] = None,
    ) -> None:
        """Show one dead letter in full."""
        with plain_errors():
            found = dead_letter_of(own().topic(topic).read(), dead_letter)
            if save_value is not None:
                save_value.write_bytes(found.record.value or b"")
            typer.echo(dead_letter_in_full(found))


def _add_replay(cli: typer.Typer, own: Callable[[], OwnDeadLetters]) -> None:
    @cli.command()
    def replay(
        dead_letter: OptionalId = None,
        topic: Topic = None,
        value_file: Annotated[
            Path | None, typer.Option("--value-file", help="Send this file's content instead.")
        ] = None,
    ) -> None:
        """Send dead letters back to their topic, where every group reads them again."""
        with plain_errors():
            own_dead_letters = own()
            source = own_dead_letters.topic(topic)
            chosen = chosen_dead_letters(source.read(), dead_letter)
            if value_file is not None:
                chosen = [repaired(chosen, value_file)]
            replay_all(source, chosen, own_dead_letters.settings)


def chosen_dead_letters(
    dead_letters: Sequence[StoredDeadLetter], dead_letter: str | None
) -> list[StoredDeadLetter]:
    """Return the dead letter with that id, even if it was replayed; without an id all pending."""
    if dead_letter is not None:
        return [dead_letter_of(dead_letters, dead_letter)]
    return [each for each in dead_letters if not each.replayed]


def dead_letter_of(dead_letters: Sequence[StoredDeadLetter], text: str) -> StoredDeadLetter:
    wanted = DeadLetterId.parse(text)
    for dead_letter in dead_letters:
        if dead_letter.id == wanted:
            return dead_letter
    sys.exit(f"there is no dead letter {text} of this group")


def repaired(chosen: Sequence[StoredDeadLetter], value_file: Path) -> StoredDeadLetter:
    if len(chosen) != 1:
        sys.exit(f"--value-file repairs one dead letter and {len(chosen)} are pending: give its ID")
    return chosen[0].repaired(value_file.read_bytes())


def replay_all(
    source: DeadLetterTopic, dead_letters: Sequence[StoredDeadLetter], settings: KafkaSettings
) -> None:
    """Replay and print each id. Exits 1 if any was not acknowledged."""
    publisher = KafkaPublisher(connection_options(settings), max_record_bytes=MAX_DEAD_LETTER_BYTES)
    sent = 0
    try:
        for each in source.replay(dead_letters, publisher):
            typer.echo(f"replayed {each}")
            sent += 1
    finally:
        publisher.close()
    if sent < len(dead_letters):
        sys.exit(
            f"{len(dead_letters) - sent} of {len(dead_letters)} were not acknowledged: try again"
        )
    if not dead_letters:
        typer.echo("nothing to replay")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Print an expected error in one line and exit 1."""
    try:
        yield
    except KafkaUnavailable as error:
        sys.exit(f"kafka: {error}")
    except (OSError, TooScattered) as error:
        sys.exit(str(error))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
