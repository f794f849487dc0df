"""How long to wait before the next attempt."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Doubles from first_s to longest_s."""

    first_s: float = 0.2
    longest_s: float = 4.0
    """Also the longest wait after the dependency is back."""

    def after(self, failures: int) -> float:
        """Return the seconds to wait after that many failures in a row."""
        doublings = min(max(failures - 1, 0), 32)
        return min(self.longest_s, self.first_s * 2.0**doublings)


@dataclass(slots=True)
class Attempts:
    """Counts attempts and tells when the next one is due, in seconds of a monotonic clock."""

    backoff: Backoff
    failures: int = 0
    next_at: float = 0.0

    def is_due(self, now: float) -> bool:
        return now >= self.next_at

    def failed(self, now: float) -> None:
        self.failures += 1
        self.next_at = now + self.backoff.after(self.failures)

    def succeeded(self) -> None:
        self.failures = 0
        self.next_at = 0.0
