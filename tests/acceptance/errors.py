"""How an acceptance run can fail."""


class Surprise(Exception):
    """A step's result differs from the contract."""

    def __init__(self, step: str, *, expected: object, seen: object) -> None:
        super().__init__(f"{step}: expected {expected}, saw {seen}")


class NoAnswer(Exception):
    """An address refused, timed out, closed the connection, or is another kind of server."""
