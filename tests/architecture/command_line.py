"""Writes docs/cli.md from the commands themselves, or fails if it is not fresh."""

import sys

import typer
from typer.cli import get_docs_for_click

from deploy.shipyard.cli import shipyard_cli
from tests.architecture.sources import ROOT

PAGE = ROOT / "docs" / "cli.md"

TITLE = "shipyard"


def fresh_page() -> str:
    """Return the page as typer writes it, with one line for each paragraph of a command's help."""
    command = typer.main.get_command(shipyard_cli([]))
    page = get_docs_for_click(obj=command, ctx=typer.Context(command), name=TITLE, title=TITLE)
    lines = [line.rstrip() for line in page.strip().splitlines()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(fresh_page())
    elif not PAGE.exists() or PAGE.read_text() != fresh_page():
        sys.exit("stale docs/cli.md, run make cli-docs")
