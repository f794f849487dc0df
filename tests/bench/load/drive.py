"""Drives work: as fast as a number of workers can, or at a fixed rate."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.bench.statistics import percentile

Work = Callable[[int], Awaitable[bool]]
"""Does the n-th piece of work; returns False if it failed."""


@dataclass(slots=True)
class Timing:
    latencies_s: list[float] = field(default_factory=list)
    errors: int = 0
    elapsed_s: float = 0.0

    @property
    def done(self) -> int:
        return len(self.latencies_s)

    def figures(self) -> dict[str, float]:
        return {
            "per s": self.done / self.elapsed_s if self.elapsed_s else math.nan,
            "p50 ms": percentile(self.latencies_s, 0.50) * 1e3,
            "p95 ms": percentile(self.latencies_s, 0.95) * 1e3,
            "p99 ms": percentile(self.latencies_s, 0.99) * 1e3,
            "errors": float(self.errors),
        }


async def drive(
    work: Work, *, total: int, at_once: int, per_s: float = 0.0, for_s: float = math.inf
) -> Timing:
    """Do total pieces of work, at_once at the most, and begin none after for_s seconds.

    At a fixed rate, a piece of work that begins late counts from the time when it was due: a stack
    that falls behind cannot hide it.
    """
    timing, begun = Timing(), time.monotonic()
    numbers = iter(range(total))

    async def one_by_one() -> None:
        for number in numbers:
            since = begun + number / per_s if per_s else time.monotonic()
            if (wait_s := since - time.monotonic()) > 0:
                await asyncio.sleep(wait_s)
            if time.monotonic() - begun > for_s:
                return
            is_done = await work(number)
            timing.errors += not is_done  # after the wait: others have counted meanwhile
            timing.latencies_s.append(time.monotonic() - since)

    await asyncio.gather(*(one_by_one() for _ in range(min(at_once, total))))
    timing.elapsed_s = time.monotonic() - begun
    return timing
