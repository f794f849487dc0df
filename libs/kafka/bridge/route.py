"""Configuration of a bridge: its topic, group and hand-off, and when it pauses."""

from dataclasses import dataclass, field
from typing import Generic

from libs.kafka.bridge.malformed_limit import STANDARD_LIMIT, MalformedLimit
from libs.kafka.bridge.pressure import PressureLimit, QueueLength, no_queue
from libs.kafka.dead_letters.acceptance import Acceptance
from libs.kafka.types import Decode, Event, HandOff
from libs.resilience.backoff import Backoff
from libs.resilience.batching import Batching


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Event]):
    """Connects one topic, read as one group, to one hand-off."""

    topic: str
    group: str
    decode: Decode[Event]
    hand_off: HandOff[Event]


STANDARD_BATCHING = Batching(max_batch_size=500, max_batch_time_s=0.2)
"""Its size is that of the largest poll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When the loop pauses, how long it waits before a retry, and how it collects a batch."""

    backoff: Backoff = field(default_factory=Backoff)
    batching: Batching = STANDARD_BATCHING
    malformed_limit: MalformedLimit | None = STANDARD_LIMIT
    pressure: PressureLimit = field(default_factory=PressureLimit)
    queue_length: QueueLength = no_queue
    acceptance: Acceptance | None = None
    """Where an operator accepts the malformed records of a loop that reached the limit."""


STANDARD_POLICY = Policy()
