"""What keeps the local stack from doing as it was told."""

from libs.errors import AppError


class CannotStart(AppError):
    """Nothing was started; each problem is a line that says how to fix it."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NotReady(AppError):
    """The stack runs, but something in it does not."""


class NotRunning(AppError):
    """There is no stack to talk to."""

    def __init__(self) -> None:
        super().__init__("the stack is not running: start it with `make up`")
