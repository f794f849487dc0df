"""The exit codes of every command, and the errors behind them."""

from collections.abc import Sequence
from enum import IntEnum

from libs.errors import AppError


class ExitCode(IntEnum):
    OK = 0
    PROBLEM = 1
    """The command found a problem, or the request was refused."""
    USAGE = 2
    """The command line or a variable is wrong, or --yes is missing."""
    AWAY = 3
    """A store or a server is away, or no stack runs. The line names it."""


MEANINGS = (
    "Exit codes: 0 fine, 1 a problem was found or the request was refused, "
    "2 wrong usage or --yes is missing, 3 a store or server is away or no stack runs."
)


INSTEAD_OF_PS, INSTEAD_OF_LOGS = "make compose-ps", "docker logs CONTAINER"
"""What answers where Docker runs the roles."""


class CannotDo(AppError):
    """Ends the command with one line and an exit code."""

    code = ExitCode.PROBLEM


class Refused(CannotDo):
    """The system answered, and the answer is no."""


class WrongUsage(CannotDo):
    code = ExitCode.USAGE


class NeedsYes(WrongUsage):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: repeat the command with --yes to do it")


class Away(CannotDo):
    """A server did not answer."""

    code = ExitCode.AWAY

    def __init__(self, server: str, reason: str) -> None:
        first_line = (reason.strip().splitlines() or ["it does not answer"])[0]
        super().__init__(f"{server} is away: {first_line}")
        self.server = server


class NotInContainers(CannotDo):
    """The command looks at the local stack, and none runs."""

    code = ExitCode.AWAY

    def __init__(self, instead: str) -> None:
        super().__init__(
            f"no local stack runs here: start it with `make up`; for containers use `{instead}`"
        )


class NoStack(CannotDo):
    """No local stack runs, and the environment names no other one."""

    code = ExitCode.AWAY

    def __init__(self, missing: Sequence[str]) -> None:
        names = ", ".join(missing)
        super().__init__(f"no stack runs here: start it with `make up`, or set {names}")
