"""The errors of a local server."""

from libs.errors import AppError, Unavailable


class EngineNotReady(Unavailable):
    """The server does not answer yet."""


class EngineBroken(AppError):
    """The server cannot be set up, or has ended. Waiting does not help."""
