"""python -m tests.drill: one of ten conditions, to be found with shipyard, or by alerts."""

import select
import sys
from random import Random, SystemRandom
from typing import Annotated

import typer

from tests.drill.conditions import CONDITIONS, Condition
from tests.drill.drilling import Drilled, drilled
from tests.drill.monitoring import MISSING, is_installed
from tests.drill.report import Shown, seconds, table

LARGEST_SEED = 10**6

ANSWER_WITHIN_S = 600

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def drill(
    *,
    seed: Annotated[int, typer.Option(help="Seed that a drill printed; 0 takes a new one.")] = 0,
    condition: Annotated[str, typer.Option(help="Those to practise; default: by the seed.")] = "",
    every: Annotated[bool, typer.Option("--all", help="All ten, without questions.")] = False,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Their alerts, without questions.")
    ] = False,
) -> None:
    """Start a private stack, break one thing, let the operator find it, fix it.

    Without a terminal, or with --all or --alerts, it shows what names the condition in place of
    asking; exit code 1 if nothing does, or if something is named while nothing is wrong.
    """
    if alerts and not is_installed():
        raise typer.BadParameter(MISSING)
    seed = seed or SystemRandom().randrange(1, LARGEST_SEED)
    wanted = chosen(condition, seed, every=every)
    asks = sys.stdin.isatty() and not every and not alerts
    typer.echo(f"starting a private stack under 3 orders a second (SEED={seed})")
    with drilled(seed=seed, with_alerts=alerts, say=typer.echo) as system:
        failures = _healthy(system)
        for each in wanted if asks else ():
            _ask(system, each)
        shown = [_show(system, each) for each in wanted if not asks]
        violations = system.not_arrived()
    failures += [failure for each in shown for failure in each.failures] + violations
    typer.echo(f"\n{table(shown)}\n" if shown else "")
    typer.echo("\n".join(failures) or "every order arrived")
    sys.exit(bool(failures))


def chosen(names: str, seed: int, *, every: bool) -> list[Condition]:
    random = Random(seed)  # noqa: S311  # repeatable on purpose
    if every:
        return random.sample(CONDITIONS, len(CONDITIONS))
    if not names:
        return [random.choice(CONDITIONS)]
    by_name = {each.name: each for each in CONDITIONS}
    if not by_name.keys() >= set(names.split(",")):
        raise typer.BadParameter(f"there are {', '.join(by_name)}")
    return [by_name[name] for name in names.split(",")]


def _healthy(system: Drilled) -> list[str]:
    """Return what top and the alerts find wrong with a stack that is well."""
    watched = system.until_well()
    [well] = watched.signs
    failures = [f"a healthy stack shows\n{well.look.screen}"] if well.after_s is None else []
    if system.has_alerts:
        typer.echo(f"ten healthy minutes follow; the stack was well {seconds(well.after_s)}")
        fired = {**watched.fired, **system.stay_well().fired}
        failures += [f"{alert} fires on health: {says}" for alert, (_, says) in fired.items()]
        typer.echo("\n".join(failures) or "no alert fired")
    return failures


def _ask(system: Drilled, condition: Condition) -> None:
    with condition.begin(system.system):
        typer.echo("\nSomething is wrong. In another terminal, in `make shell`:\n")
        for name, value in system.variables.items():
            typer.echo(f"    export {name}={value}")
        typer.echo("    shipyard top            # or any other command of docs/operations.md\n")
        for each in CONDITIONS:
            typer.echo(f"  {each.name:<16} {each.about}")
        typer.echo(f"\nWhich is it? A name, or Enter to be told (within {ANSWER_WITHIN_S} s): ")
        ready, _, _ = select.select([sys.stdin], [], [], ANSWER_WITHIN_S)
        guess = sys.stdin.readline().strip() if ready else ""
    verdict = "right: " if guess == condition.name else "it was "
    typer.echo(f"{verdict}{condition.name}, {condition.about}; fixed, waiting for all orders")


def _show(system: Drilled, condition: Condition) -> Shown:
    """Print the screen that names the condition, the alerts, and how long that took."""
    typer.echo(f"\n{condition.name}: {condition.about}")
    shown = Shown(condition, *system.show(condition))
    typer.echo(shown.named.signs[0].look.screen)
    for line in (*shown.says, *shown.failures):
        typer.echo(line)
    typer.echo(table([shown]))
    return shown


if __name__ == "__main__":
    cli()
