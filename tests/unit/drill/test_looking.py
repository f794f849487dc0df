"""What a drill sees in several looks, and what it prints of it."""

from collections.abc import Callable, Iterator

from tests.drill.conditions import CONDITIONS
from tests.drill.drilling import belonging
from tests.drill.looking import Active, Alert, Alerts, Look, Sign, Watched, watch
from tests.drill.report import Shown, table
from tests.support.monotonic import FakeMonotonic

[WORKER_STOPPED] = [each for each in CONDITIONS if each.name == "worker-stopped"]

ROLE_DOWN = Alert.of("RoleDown", service="assembly", role="worker")

OTHER_DOWN = Alert.of("RoleDown", service="order", role="worker")

OVERDUE = Alert.of("ShipsOverdue")

PENDING, FIRING = Active(is_firing=False, says="soon"), Active(is_firing=True, says="now")

NAMED = Sign(lambda look: look.shows("takes nothing"), 45)

FIRES = Sign(lambda look: belonging(WORKER_STOPPED, look), 300)

WELL = Sign(lambda look: look.shows("none found") and not look.alerts, 300)


def watched(looks: list[tuple[str, Alerts]], *signs: Sign) -> Watched:
    """Watch looks that are ten seconds apart; the last one stays."""
    monotonic = FakeMonotonic()
    return watch(each_in_ten_s(iter(looks), looks[-1], monotonic), *signs, ticks=monotonic)


def each_in_ten_s(
    looks: Iterator[tuple[str, Alerts]], last: tuple[str, Alerts], monotonic: FakeMonotonic
) -> Callable[[], tuple[str, Alerts]]:
    def look() -> tuple[str, Alerts]:
        monotonic.advance(10)
        return next(looks, last)

    return look


def test_it_lasts_until_top_and_an_alert_of_the_condition_named_it() -> None:
    seen = watched(
        [
            ("none found", {}),
            ("assembly-worker takes\n  nothing", {ROLE_DOWN: PENDING}),
            ("none found", {ROLE_DOWN: PENDING, OTHER_DOWN: FIRING}),
            ("none found", {ROLE_DOWN: FIRING, OVERDUE: FIRING}),
        ],
        NAMED,
        FIRES,
    )

    assert [each.after_s for each in seen.signs] == [20, 40]
    assert seen.fired == {OTHER_DOWN: (30, "now"), ROLE_DOWN: (40, "now"), OVERDUE: (40, "now")}


def test_what_is_not_seen_in_time_is_given_up_and_the_other_is_waited_for() -> None:
    seen = watched([("none found", {})] * 9 + [("none found", {ROLE_DOWN: FIRING})], NAMED, FIRES)

    assert [each.after_s for each in seen.signs] == [None, 100]


def test_an_alert_that_would_fire_is_not_well_yet() -> None:
    seen = watched(
        [("none found", {OVERDUE: PENDING}), ("outbox: 1 waits", {}), ("none found", {})], WELL
    )

    assert [each.after_s for each in seen.signs] == [30]
    assert seen.fired == {}


def test_an_alert_belongs_by_its_labels_and_the_best_name_comes_first() -> None:
    not_taken = Alert.of("QueueNotTaken", queue="assembly")
    firing: Alerts = {not_taken: FIRING, ROLE_DOWN: FIRING, OTHER_DOWN: FIRING}

    found = belonging(WORKER_STOPPED, Look(after_s=1, screen="", alerts=firing))

    assert found == [ROLE_DOWN, not_taken]


def test_the_table_is_aligned_and_names_other_alerts() -> None:
    firing: Alerts = {ROLE_DOWN: FIRING, OTHER_DOWN: FIRING, OVERDUE: FIRING}
    named = watched([("takes nothing", firing)], NAMED, FIRES)
    shown = Shown(WORKER_STOPPED, named, watched([("none found", {})], WELL))

    assert table([shown]).splitlines() == [
        "condition       top   alert                     after  other alerts            well",
        "worker-stopped  10 s  RoleDown assembly worker  10 s   RoleDown, ShipsOverdue  10 s",
    ]
    assert shown.failures == []


def test_each_alert_is_told_once_with_its_first_words() -> None:
    down: Alerts = {ROLE_DOWN: FIRING}
    named = watched([("", down), ("takes nothing", down)], NAMED, FIRES)
    well = watched([("", {ROLE_DOWN: FIRING, OVERDUE: FIRING}), ("none found", {})], WELL)

    assert Shown(WORKER_STOPPED, named, well).says == [
        "10 s after its start: RoleDown assembly worker: now",
        "10 s after its end: ShipsOverdue: now",
    ]


def test_a_condition_that_nothing_names_and_that_does_not_end_is_a_failure() -> None:
    named = watched([("none found", {})], NAMED, FIRES)
    shown = Shown(WORKER_STOPPED, named, watched([("none found", {OVERDUE: FIRING})], WELL))

    assert [failure.splitlines()[0] for failure in shown.failures] == [
        "top does not name worker-stopped",
        "no alert of worker-stopped fires",
        "not well after worker-stopped, with ShipsOverdue:",
    ]
    assert "never  -" in table([shown])
