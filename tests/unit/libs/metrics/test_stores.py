"""The gauges of stores: what a scrape finds, and what it costs."""

from collections.abc import Iterable
from threading import Event

import pytest

from libs.errors import Unavailable
from libs.metrics.declared.kinds import GaugeOf, Label
from libs.metrics.declared.process import STORE_LOOK, STORE_UP
from libs.metrics.stores import FRESH_S, VALID_S, Sample, StoreGauges, together
from tests.support.monotonic import FakeMonotonic

SHELF = GaugeOf(name="shipyard_shelf", unit="items", meaning="x.", labels=(Label("side"),))


class FakeStore:
    def __init__(self) -> None:
        self.looks = 0
        self.trouble: Exception | None = None

    def look(self) -> Iterable[Sample]:
        self.looks += 1
        if self.trouble:
            raise self.trouble
        yield Sample(SHELF, 3, ("left",))
        yield Sample(SHELF, 4, ("right",))


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def monotonic() -> FakeMonotonic:
    return FakeMonotonic()


@pytest.fixture
def gauges(store: FakeStore, monotonic: FakeMonotonic) -> StoreGauges:
    return StoreGauges({"shop": store.look}, answer_s=10, monotonic=monotonic)


def scraped(gauges: StoreGauges) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in gauges.collect()
        for sample in family.samples
        if sample.name != STORE_LOOK.name
    }


def test_a_scrape_finds_what_the_store_holds(gauges: StoreGauges) -> None:
    assert scraped(gauges) == {
        (STORE_UP.name, "shop"): 1,
        (SHELF.name, "left"): 3,
        (SHELF.name, "right"): 4,
    }


@pytest.mark.parametrize("trouble", [Unavailable("away"), RuntimeError("a bug")])
def test_a_store_that_is_away_has_no_gauges_and_fails_no_scrape(
    gauges: StoreGauges, store: FakeStore, monotonic: FakeMonotonic, trouble: Exception
) -> None:
    scraped(gauges)
    store.trouble = trouble
    monotonic.advance(FRESH_S)

    assert scraped(gauges) == {(STORE_UP.name, "shop"): 0}


def test_a_store_that_is_back_has_its_gauges_again(
    gauges: StoreGauges, store: FakeStore, monotonic: FakeMonotonic
) -> None:
    store.trouble = Unavailable("away")
    scraped(gauges)
    store.trouble = None
    monotonic.advance(FRESH_S)

    assert scraped(gauges)[STORE_UP.name, "shop"] == 1


def test_scrapes_that_follow_closely_share_one_look(
    gauges: StoreGauges, store: FakeStore, monotonic: FakeMonotonic
) -> None:
    scraped(gauges)
    scraped(gauges)
    shared = store.looks
    monotonic.advance(FRESH_S)
    scraped(gauges)

    assert (shared, store.looks) == (1, 2)


def test_a_look_that_hangs_holds_up_no_scrape_and_is_not_begun_twice(
    store: FakeStore, monotonic: FakeMonotonic
) -> None:
    looks, end = [], Event()

    def hang() -> Iterable[Sample]:
        looks.append("hangs")
        end.wait(timeout=60)
        return ()

    gauges = StoreGauges({"shop": store.look, "hung": hang}, answer_s=0.05, monotonic=monotonic)
    first = scraped(gauges)
    monotonic.advance(FRESH_S)
    second = scraped(gauges)
    end.set()

    assert looks == ["hangs"]
    for found in (first, second):
        assert found[STORE_UP.name, "hung"] == 0
        assert found[STORE_UP.name, "shop"] == 1


def test_what_a_look_found_long_ago_is_not_told(monotonic: FakeMonotonic) -> None:
    first, end = [True], Event()

    def hang_later() -> Iterable[Sample]:
        if not first:
            end.wait(timeout=60)
        first.clear()
        return (Sample(SHELF, 1, ("left",)),)

    gauges = StoreGauges({"shop": hang_later}, answer_s=0.05, monotonic=monotonic)
    scraped(gauges)
    monotonic.advance(VALID_S)
    found = scraped(gauges)
    end.set()

    assert found == {(STORE_UP.name, "shop"): 0}


def test_looks_at_one_store_tell_together_or_not_at_all() -> None:
    first, second = FakeStore(), FakeStore()
    look = together(first.look, second.look)

    assert len(tuple(look())) == 4
    second.trouble = Unavailable("away")
    with pytest.raises(Unavailable):
        tuple(look())
