"""The local stack's command line: python -m deploy.local COMMAND."""

import os
import shutil
import sys
import time
from typing import Annotated

import redis
import typer
from rich.console import Console

from deploy.local.configuration.folders import Folders
from deploy.local.configuration.plan import daemon_of, plan_of_running
from deploy.local.doctor import examine
from deploy.local.down import bring_down
from deploy.local.errors import NoSuchProcess
from deploy.local.supervision.daemon import named
from deploy.local.supervision.memory import stack_memory
from deploy.local.supervision.readiness import pending_reasons
from deploy.local.tables import memory_table, process_table
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
def ps() -> None:
    """Show every process with its state, memory and problem."""
    stack = plan_of_running(folders)
    daemon = daemon_of(stack)
    processes = daemon.processes()
    pending = pending_reasons(stack.programs(), processes)
    console.print(process_table(processes, pending, stack_memory(folders)))


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
def doctor() -> None:
    """List problems and how to fix them; exit 1 if there are any."""
    findings = list(examine(folders))
    for finding in findings:
        say(f"{finding.what}: {'ok' if not finding.problems else ''}".rstrip())
        for problem in finding.problems:
            say(f"  - {problem}")
    sys.exit(any(finding.problems for finding in findings))


@cli.command()
def kill(name: Name) -> None:
    """Kill processes with SIGKILL, as the machine does without memory; they are started again."""
    daemon = daemon_of(plan_of_running(folders))
    for each in named(name, daemon.processes()):
        daemon.kill(each)
        say(f"killed {each.name}, process {each.pid}")


@cli.command()
def logs(name: Name = "") -> None:
    """Follow the logs until interrupted."""
    files = sorted(map(str, folders.log.glob(f"{name}*.log")))
    if not files:
        raise NoSuchProcess(name, [file.stem for file in folders.log.glob("*.log")])
    os.execvp("tail", ["tail", "-n", "20", "-F", *files])  # noqa: S606, S607  # a plain follower


def main() -> None:
    try:
        cli()
    except AppError as error:
        sys.exit(str(error))
    except PermissionError as error:
        sys.exit(f"{error.filename} belongs to another user: `chown -R $USER {folders.local}`")


if __name__ == "__main__":
    main()
