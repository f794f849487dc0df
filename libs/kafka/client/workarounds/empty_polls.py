"""A poll of kafka-python that has nothing to wait for pauses instead of asking again at once."""

import time
from collections.abc import Mapping
from typing import Any

from kafka import KafkaConsumer
from kafka.util import Timer

from libs.kafka.client.connection import open_client

PAUSE_S = 0.05
"""Also what a record may wait at most that arrives meanwhile."""


def open_pausing_consumer(options: Mapping[str, Any]) -> KafkaConsumer:
    """Construct one; raises KafkaError if no broker lets it in."""
    return open_client(PausingConsumer, options)


class PausingConsumer(KafkaConsumer):
    """Waits a moment after each round of a poll that came back at once with nothing.

    While a heartbeat is due and its broker does not answer, the client waits 0 ms for records,
    over and over until the poll's time is up. Each round leaves some fifty objects behind, most of
    them held by the open fetch: 20 MiB and a third of a core in ten seconds of a frozen broker.
    """

    def _poll_once(self, timer: Timer, *arguments: Any, **options: Any) -> Any:
        began_at_s = time.monotonic()
        records = super()._poll_once(timer, *arguments, **options)  # type: ignore[no-untyped-call]  # it has no types
        if not (records or timer.expired) and time.monotonic() - began_at_s < PAUSE_S:
            time.sleep(PAUSE_S)
        return records
