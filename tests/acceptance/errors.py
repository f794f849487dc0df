"""How an acceptance run can fail."""


class Surprise(Exception):
    """A step saw something else than the contract says."""

    def __init__(self, step: str, *, expected: object, seen: object) -> None:
        super().__init__(f"{step}: expected {expected}, saw {seen}")


class NoAnswer(Exception):
    """An address refused, timed out, hung up, or is of another kind."""
