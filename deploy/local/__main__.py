"""The local stack's command line: python -m deploy.local COMMAND."""

import shutil
import sys
import time
from typing import Annotated

import redis
import typer
from rich.console import Console

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import daemon_of, plan_of_running
from deploy.local.down import bring_down
from deploy.local.supervision.daemon import named
from deploy.local.supervision.memory import stack_memory
from deploy.local.tables import memory_table
from deploy.local.up import bring_up
from libs.errors import AppError
from libs.health.__main__ import complaints
from libs.kafka.dead_letters.acceptance import Acceptance

cli = typer.Typer(
    name="python -m deploy.local",
    help="The whole system on this machine, without Docker, Java or root.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

folders = Folders()
console = Console(soft_wrap=True)

Name = Annotated[str, typer.Argument(help="a process, or the beginning of its name")]

say = typer.echo


@cli.command()
def up() -> None:
    """Start everything that is not running, and wait until it is ready."""
    begun = time.monotonic()
    bring_up(folders, say=say)
    say(f"up after {time.monotonic() - begun:.0f} s")


@cli.command()
def down() -> None:
    """Stop everything; the data stays."""
    begun = time.monotonic()
    if bring_down(folders):
        say(f"down after {time.monotonic() - begun:.0f} s")
    else:
        say("nothing was running")


@cli.command()
def clean() -> None:
    """Stop everything and delete its data, logs and passwords; downloads stay."""
    bring_down(folders)
    shutil.rmtree(folders.local)
    say(f"removed {folders.local}")


@cli.command()
def memory() -> None:
    """Show the memory of every process, and of the whole stack."""
    console.print(memory_table(stack_memory(folders)))


@cli.command()
def flush_redis() -> None:
    """Delete everything in Redis, as a restart without its file would."""
    url = plan_of_running(folders).environments.redis_url
    with redis.Redis.from_url(url) as client:
        client.flushall()
    say("redis is empty")


@cli.command()
def dlq_accept() -> None:
    """Release every consumer that reached the malformed-record limit."""
    for state_dir in sorted(folders.state.glob("*-consumer")):
        if any(complaints(state_dir)):
            Acceptance(state_dir).give()
            say(f"{state_dir.name} goes on")


@cli.command()
def kill(name: Name) -> None:
    """Kill processes with SIGKILL, as the machine does without memory; they are started again."""
    daemon = daemon_of(plan_of_running(folders))
    for each in named(name, daemon.processes()):
        daemon.kill(each)
        say(f"killed {each.name}, process {each.pid}")


def main() -> None:
    try:
        cli()
    except AppError as error:
        sys.exit(str(error))
    except PermissionError as error:
        sys.exit(f"{error.filename} belongs to another user: `chown -R $USER {folders.local}`")


if __name__ == "__main__":
    main()
