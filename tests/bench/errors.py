"""How a measurement can fail."""


class NotMeasured(Exception):
    """A checkout did not start, or something did not happen before its deadline."""
