"""What can go wrong with a local server."""

from libs.errors import AppError, Unavailable


class EngineNotReady(Unavailable):
    """The server does not answer yet."""


class EngineBroken(AppError):
    """The server can not be set up or has ended; waiting does not help."""
