"""What the loop logs, and the context that it binds for other log lines."""

from collections.abc import Sequence

import pytest
import structlog
from structlog.testing import capture_logs

from libs.errors import Unavailable
from libs.kafka.types import Record
from tests.support.kafka import FakeKafka
from tests.unit.libs.kafka.bridge.loops import MALFORMED, DrivenLoop, FakeHandOff, out_of_order

TRACEPARENT = f"00-{'a' * 32}-{'b' * 16}-01"


def test_a_batch_is_one_line_in_the_log(kafka: FakeKafka) -> None:
    for _ in range(3):
        kafka.append(b"a")
    kafka.append(MALFORMED, partition=1)
    member = DrivenLoop(kafka, max_records=2)

    with capture_logs() as logs:
        member.tick()

    (line,) = [each for each in logs if each["event"] == "batch_handed_off"]
    assert line["offsets"] == {"0": "0-1"}
    assert (line["count"], line["dead_letters"], line["lag"], line["ms"]) == (2, 0, 1, 0)


def test_an_outage_is_logged_once_and_again_only_with_another_reason(kafka: FakeKafka) -> None:
    kafka.append(b"a")
    member = DrivenLoop(kafka, hand_off=FakeHandOff(failure=out_of_order()))

    with capture_logs() as logs:
        member.tick(5, after_s=11)
        member.hand_off.failure = Unavailable("redis: read only")
        member.tick(5, after_s=11)

    reasons = [each["reason"] for each in logs if each["event"] == "hand_off_postponed"]
    assert reasons == ["redis: connection refused", "redis: read only"]


@pytest.mark.parametrize(("sent", "seen"), [(TRACEPARENT, TRACEPARENT), ("00-trace-span-01", None)])
def test_the_trace_of_a_record_is_bound_while_it_is_handed_off(sent: str, seen: str | None) -> None:
    kafka = FakeKafka()
    bound: list[object] = []

    class Listening(FakeHandOff):
        def __call__(self, events: Sequence[Record]) -> None:
            bound.append(structlog.contextvars.get_contextvars().get("traceparent"))

    kafka.append(b"a", headers=(("traceparent", sent.encode()),))

    DrivenLoop(kafka, hand_off=Listening()).tick()

    assert bound == [seen]
