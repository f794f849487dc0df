"""What a queue raises; loads no library."""

from libs.errors import Unavailable


class QueueUnavailable(Unavailable):
    """Redis did not acknowledge. Some of the tasks may be queued; all may be sent again."""
