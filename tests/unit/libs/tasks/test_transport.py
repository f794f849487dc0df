import json

import pytest

from libs.tasks.transport import Malformed, ensure_task
from libs.testing.bad_tasks import bad_messages

QUEUE = "tiny"

LEFT_TO_THE_WORKER = {
    "unknown task",
    "unknown encoding",
    "unknown compression",
    "a moment that is none",
    "wrong arguments",
}
"""It drops them by itself."""

NO_JSON = {"not utf-8", "not JSON"}

BAD = {
    kind: json.loads(raw)
    for kind, raw in bad_messages(QUEUE, "tiny.note").items()
    if kind not in NO_JSON
}


@pytest.mark.parametrize("kind", sorted(BAD.keys() - LEFT_TO_THE_WORKER))
def test_what_is_no_task_is_refused_before_the_worker_holds_it(kind: str) -> None:
    with pytest.raises(Malformed):
        ensure_task(BAD[kind])


@pytest.mark.parametrize("kind", sorted(LEFT_TO_THE_WORKER))
def test_what_has_the_shape_of_a_task_passes(kind: str) -> None:
    ensure_task(BAD[kind])
