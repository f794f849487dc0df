"""What a bridge connects, and when it holds still."""

from dataclasses import dataclass, field
from typing import Generic

from libs.kafka.bridge.malformed_limit import STANDARD_LIMIT, MalformedLimit
from libs.kafka.bridge.pressure import PressureLimit, QueueLength, no_queue
from libs.kafka.dead_letters.acceptance import Acceptance
from libs.kafka.types import Decode, Event, HandOff
from libs.resilience.backoff import Backoff


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Event]):
    """From one topic, read as one group, to one hand-off."""

    topic: str
    group: str
    decode: Decode[Event]
    hand_off: HandOff[Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When the loop holds still, and how long it waits before it tries again."""

    backoff: Backoff = field(default_factory=Backoff)
    malformed_limit: MalformedLimit | None = STANDARD_LIMIT
    pressure: PressureLimit = field(default_factory=PressureLimit)
    queue_length: QueueLength = no_queue
    acceptance: Acceptance | None = None
    """How an operator can have a loop go on that holds still for malformed records."""


STANDARD_POLICY = Policy()
