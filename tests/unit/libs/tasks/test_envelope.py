import json

import pytest

from libs.tasks.envelope import Malformed, ensure_task
from tests.support.bad_tasks import TELLTALE, bad_messages

LEFT_TO_THE_WORKER = {"unknown task", "a malformed time", "wrong arguments"}
"""Messages that Celery itself drops."""

BAD = bad_messages("tiny", "tiny.note")


@pytest.mark.parametrize("kind", sorted(BAD.keys() - LEFT_TO_THE_WORKER))
def test_a_message_that_is_no_task_is_refused_before_the_worker_holds_it(kind: str) -> None:
    with pytest.raises(Malformed) as refusal:
        ensure_task(BAD[kind])

    assert TELLTALE not in str(refusal.value)


@pytest.mark.parametrize("kind", sorted(LEFT_TO_THE_WORKER))
def test_a_message_with_the_shape_of_a_task_passes(kind: str) -> None:
    ensure_task(BAD[kind])


def with_headers(**headers: object) -> bytes:
    whole = json.loads(BAD["wrong arguments"])
    return json.dumps({**whole, "headers": {**whole["headers"], **headers}}).encode()


def test_headers_that_an_agent_adds_pass() -> None:
    ensure_task(with_headers(traceparent="00-1-2-01", baggage=["a=1"], headers={"sentry": "1"}))


@pytest.mark.parametrize("name", ["update", "chord", "errbacks", "hostname", "compression"])
def test_a_header_that_hides_a_header_of_celery_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match=f"hides {name}"):
        ensure_task(with_headers(**{name: "x"}))
