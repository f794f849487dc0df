"""Sends each record of a refused batch alone, so that only the one at fault fails."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kafka import KafkaProducer
from kafka.errors import InvalidTimestampError, KafkaError

from libs.kafka.client.connection import open_client
from libs.kafka.client.record_time import NO_TIME, RecordTimes
from libs.kafka.client.sending import Client, Errors, await_all, close_producer, send_all
from libs.kafka.types import OutgoingRecord

ALONE_SETTINGS = {
    # An idempotent client fails everything that it holds at the first refusal.
    "enable_idempotence": False,
    "batch_size": 0,
}

ANSWER_TIMEOUT_S = 5.0
"""Timeout of all of them together. It can be short: a broker that refuses does answer."""


def publish_one_by_one(
    options: Mapping[str, Any], records: Mapping[int, OutgoingRecord], times: RecordTimes
) -> Errors:
    """Send each record in its own request; return the failures.

    If only the time of a record is refused, it is sent with this machine's time, then without one.
    """
    try:
        client = Client.of(open_client(KafkaProducer, {**options, **ALONE_SETTINGS}))
    except KafkaError as error:
        return dict.fromkeys(records, error)
    try:
        return _publish(client, records, times, until=time.monotonic() + ANSWER_TIMEOUT_S)
    finally:
        close_producer(client.producer)


def _publish(
    client: Client, records: Mapping[int, OutgoingRecord], times: RecordTimes, *, until: float
) -> Errors:
    sent, errors = send_all(client, records, times)
    errors |= await_all(sent, until=until)
    for moment in (None, NO_TIME):
        refused = {
            at: replace(records[at], timestamp=moment)
            for at, error in errors.items()
            if isinstance(error, InvalidTimestampError)
        }
        for position in refused:
            del errors[position]
            times.say_replaced(records[position], reason="the broker refuses it")
        sent, unsent = send_all(client, refused, times)
        errors |= unsent | await_all(sent, until=until)
    return errors
