from pathlib import Path

import pytest

from tests.rehearsal.containers import seconds
from tests.rehearsal.mounts import Mounts
from tests.rehearsal.problem import Problem
from tests.rehearsal.projects import levels, order_of
from tests.unit.rehearsal.builders import a_container


@pytest.mark.parametrize(("text", "number"), [("20s", 20), ("1m30s", 90), ("500ms", 0.5)])
def test_durations_are_read_as_compose_does(text: str, number: float) -> None:
    assert seconds(text) == number


@pytest.mark.parametrize("text", ["", "20", "s", "20 s"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(Problem):
        seconds(text)


def test_what_may_be_written_is_what_is_mounted() -> None:
    container = a_container("shop", tmpfs=["/run:size=1m"], volumes=["data:/var/lib/data"])

    assert container.writable == ("/run", "/var/lib/data")


def test_a_volume_with_options_is_refused() -> None:
    with pytest.raises(Problem, match="options"):
        assert a_container("shop", volumes=["data:/data:ro"]).writable


def test_a_port_is_published_at_an_address() -> None:
    container = a_container("shop", ports=["127.0.0.1:80:8080"])

    assert container.published == {8080: ("127.0.0.1", 80)}


def test_a_path_is_rewritten_with_all_below_it_and_a_similar_one_is_not() -> None:
    mounts = Mounts({"/tmp": Path("/a"), "/tmp/deep": Path("/b")})  # noqa: S108

    assert mounts.text("HOME=/tmp /tmp/x:/tmp/deep/y /tmpfs /var/tmp") == (
        "HOME=/a /a/x:/b/y /tmpfs /var/tmp"
    )


def test_a_container_starts_after_those_that_it_waits_for() -> None:
    done = {"condition": "service_completed_successfully"}
    healthy = {"condition": "service_healthy"}
    shop = a_container("shop", depends_on={"migrate": done})
    migrate = a_container("migrate", depends_on={"store": healthy})
    store = a_container("store")

    assert [[each.name for each in level] for level in levels([shop, migrate, store])] == [
        ["store"],
        ["migrate"],
        ["shop"],
    ]


def test_what_is_started_first_is_stopped_last() -> None:
    assert order_of("PROJECTS") == list(reversed(order_of("REVERSED")))
    assert order_of("PROJECTS")[0] == "core"
