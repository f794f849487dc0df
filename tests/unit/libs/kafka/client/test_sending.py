import time
from typing import cast

import pytest
from kafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    NotEnoughReplicasError,
)
from kafka.producer.future import FutureRecordMetadata

from libs.kafka.client.sending import await_all, failures


class FailedAcknowledgement:
    def __init__(self, error: KafkaError) -> None:
        self._error = error

    def get(self, *, timeout: float) -> None:
        del timeout
        raise self._error


@pytest.mark.parametrize(
    ("error", "is_local"),
    [
        (NotEnoughReplicasError("one of two is away"), False),
        (KafkaTimeoutError("expired"), False),
        (KafkaConnectionError("refused"), False),
        (MessageSizeTooLargeError("2 MB"), True),
    ],
)
def test_a_delivery_timeout_counts_as_silence_and_a_refusal_does_not(
    error: KafkaError, *, is_local: bool
) -> None:
    sent = {7: cast("FutureRecordMetadata", FailedAcknowledgement(error))}

    [failure] = failures(await_all(sent, until=time.monotonic()))

    assert (failure.position, failure.local) == (7, is_local)
    assert error.args[0] in failure.reason
