"""python -m tests.drill: one of ten conditions, to be found with shipyard."""

import select
import sys
from random import Random, SystemRandom
from typing import Annotated

import typer

from tests.drill.conditions import CONDITIONS, Condition
from tests.drill.drilling import HEALTHY, WELL_WITHIN_S, Drilled, Seen, drilled

LARGEST_SEED = 10**6

ANSWER_WITHIN_S = 600

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def drill(
    *,
    seed: Annotated[int, typer.Option(help="Seed that a drill printed; 0 takes a new one.")] = 0,
    condition: Annotated[str, typer.Option(help="One to practise; default: by the seed.")] = "",
    every: Annotated[bool, typer.Option("--all", help="All ten, without questions.")] = False,
) -> None:
    """Start a private stack, break one thing, let the operator find it, fix it.

    Without a terminal, or with --all, shows the screen of shipyard top in place of asking; exit
    code 1 if the screen does not name the condition, or names one while nothing is wrong.
    """
    seed = seed or SystemRandom().randrange(1, LARGEST_SEED)
    wanted = chosen(condition, seed, every=every)
    asks = sys.stdin.isatty() and not every
    typer.echo(f"starting a private stack under 3 orders a second (SEED={seed})")
    with drilled(seed=seed, say=typer.echo) as system:
        found = system.until_shown(HEALTHY, within_s=WELL_WITHIN_S)
        failures = []
        if found.after_s is None:
            failures.append(f"a healthy stack shows\n{found.screen}")
        for each in wanted:
            if asks:
                _ask(system, each)
            else:
                failures += _show(system, each)
        violations = system.not_arrived()
    typer.echo("\n".join(failures + violations) or "every order arrived")
    sys.exit(bool(failures or violations))


def chosen(name: str, seed: int, *, every: bool) -> list[Condition]:
    random = Random(seed)  # noqa: S311  # repeatable on purpose
    if every:
        return random.sample(CONDITIONS, len(CONDITIONS))
    by_name = {each.name: each for each in CONDITIONS}
    if name and name not in by_name:
        raise typer.BadParameter(f"there are {', '.join(by_name)}")
    return [by_name[name] if name else random.choice(CONDITIONS)]


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


def _show(system: Drilled, condition: Condition) -> list[str]:
    """Print the screen that names the condition; return what is wrong with the screens."""
    named, well = system.show(condition)
    typer.echo(f"\n{named.screen}")
    typer.echo(f"{condition.name} ({condition.about}): named {_after(named)}, well {_after(well)}")
    failures = []
    if named.after_s is None:
        failures.append(f"{condition.name} was not named")
    if well.after_s is None:
        failures.append(f"after {condition.name}\n{well.screen}")
    return failures


def _after(seen: Seen) -> str:
    return "not in time" if seen.after_s is None else f"after {seen.after_s:.1f} s"


if __name__ == "__main__":
    cli()
