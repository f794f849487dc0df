"""shipyard: one command line for the whole system."""

import logging
import sys
from collections.abc import Sequence
from typing import NoReturn

from deploy.local.errors import CannotStart, NotRunning
from deploy.shipyard.cli import shipyard_cli
from deploy.shipyard.exits import CannotDo, ExitCode
from libs.errors import AppError, Unavailable
from libs.logging.setup import configure_logging


def main() -> None:
    configure_logging("error", as_json=False, stream=sys.stderr)
    # A failure of a store is one line of the command; the client's own log adds many.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    run(sys.argv[1:])


def run(arguments: Sequence[str]) -> NoReturn:
    """Run a command and exit; an expected failure is one line and an exit code of its own."""
    try:
        shipyard_cli(arguments)(arguments)
    except AppError as error:
        sys.stderr.write(f"shipyard: {error}\n")
        sys.exit(code_of(error))
    sys.exit(ExitCode.OK)


def code_of(error: AppError) -> ExitCode:
    if isinstance(error, CannotDo):
        return error.code
    if isinstance(error, Unavailable | NotRunning):
        return ExitCode.AWAY
    return ExitCode.USAGE if isinstance(error, CannotStart) else ExitCode.PROBLEM


if __name__ == "__main__":
    main()
