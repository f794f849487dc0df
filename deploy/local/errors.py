"""The errors of the local stack's commands."""

from collections.abc import Iterable

from libs.errors import AppError


class CannotStart(AppError):
    """Nothing was started. Each problem is a line that says how to fix it."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NotReady(AppError):
    """The stack runs, but a program in it does not work."""


class NotRunning(AppError):
    """No stack runs."""

    def __init__(self) -> None:
        super().__init__("the stack is not running: start it with `make up`")


class NoSuchProcess(AppError):
    """No process has that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"no process {name!r} runs: S may be, or begin, {', '.join(sorted(known))}"
        )
