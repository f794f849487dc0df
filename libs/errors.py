"""The kinds of failure, named by what the caller can do about them.

A service's own errors subclass one kind and carry their ids; each transport maps kinds to its
statuses in one table. Anything else that is raised is a bug.
"""


class AppError(Exception):
    """A failure that is part of a contract."""


class InvalidInput(AppError):
    """The request is wrong: a repeat fails the same way."""


class NotFound(AppError):
    """The thing that the request names does not exist."""


class Conflict(AppError):
    """The thing is in a state that forbids the request."""


class Unavailable(AppError):
    """A dependency does not answer. The outcome is unknown; a repeat may succeed."""


class TimedOut(Unavailable):
    """A dependency answers too slowly. The work may or may not have been done."""
