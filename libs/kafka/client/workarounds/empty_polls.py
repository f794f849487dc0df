"""Makes kafka-python's poll pause after an empty round instead of trying again at once."""

import time
from collections.abc import Mapping
from typing import Any

from kafka import KafkaConsumer
from kafka.util import Timer

from libs.kafka.client.connection import open_client

PAUSE_S = 0.05
"""Seconds. A record that arrives meanwhile waits at most this long."""


def open_pausing_consumer(options: Mapping[str, Any]) -> KafkaConsumer:
    """Construct the consumer. Raises KafkaError if no broker accepts it."""
    return open_client(PausingConsumer, options)


class PausingConsumer(KafkaConsumer):
    """Pauses after each round of a poll that returned at once without a record.

    While a heartbeat is due and its broker does not answer, the client waits 0 ms for records,
    again and again until the poll's timeout. Each round leaves about fifty objects behind, most of
    them held by the open fetch: 20 MiB and a third of a core in ten seconds of a frozen broker.
    """

    def _poll_once(self, timer: Timer, *arguments: Any, **options: Any) -> Any:
        began_at_s = time.monotonic()
        records = super()._poll_once(timer, *arguments, **options)  # type: ignore[no-untyped-call]  # it has no types
        if not (records or timer.expired) and time.monotonic() - began_at_s < PAUSE_S:
            time.sleep(PAUSE_S)
        return records
