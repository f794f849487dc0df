"""How often events that keep coming are handed on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """A wakeup costs more than an event, so events that keep coming share one.

    The first event after a pause is handed on at once. After it a batch leaves every
    max_batch_time_s, or as soon as max_batch_size events wait.
    """

    max_batch_size: int
    max_batch_time_s: float

    def rest_s(self, size: int) -> float:
        """Return the seconds to wait after a batch of this size, before the next one is read."""
        return 0.0 if size >= self.max_batch_size else self.max_batch_time_s
