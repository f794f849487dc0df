import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.kafka.dead_letters.replay_position import ReplayPosition, TooScattered
from libs.kafka.dead_letters.stored import DeadLetterId


def test_dead_letters_replayed_in_order_move_the_position_over_those_of_other_groups() -> None:
    own = [2, 5, 6]

    position = ReplayPosition().after([2], own=own).after([5], own=own)

    assert position == ReplayPosition(6)


def test_a_dead_letter_replayed_out_of_order_is_remembered_until_the_others_are() -> None:
    own = [2, 5, 6]

    later = ReplayPosition().after([5], own=own)
    both = later.after([2], own=own)

    assert (later.metadata, later.covers(5), later.covers(2)) == ("5", True, False)
    assert both == ReplayPosition(6)


@given(st.sets(st.integers(0, 60), min_size=1), st.data())
def test_what_was_replayed_in_any_order_is_covered(own: set[int], data: st.DataObject) -> None:
    batches = data.draw(st.lists(st.sets(st.sampled_from(sorted(own)))))
    position = ReplayPosition()

    for each in batches:
        kept = position.after(each, own=sorted(own))
        position = ReplayPosition.parse(kept.next, kept.metadata)

    assert {each for each in own if position.covers(each)} == set().union(*batches)


def test_one_dead_letter_that_stays_costs_the_others_nothing() -> None:
    own = range(0, 24_000, 2)
    position = ReplayPosition()

    for first in range(1, len(own), 500):
        position = position.after(own[first : first + 500], own=own)

    assert (position.next, position.metadata) == (0, "2-23998")
    assert position.after([0], own=own) == ReplayPosition(23_999)


def test_what_was_kept_one_by_one_is_still_understood() -> None:
    position = ReplayPosition.parse(3, "17,19")

    assert [each for each in range(25) if position.covers(each)] == [0, 1, 2, 17, 19]


def test_more_out_of_order_than_a_broker_keeps_is_refused() -> None:
    scattered = ReplayPosition().after(range(1000, 9000, 2), own=range(9000))

    with pytest.raises(TooScattered):
        _ = scattered.metadata


@pytest.mark.parametrize("text", ["", "3", "3:", ":3", "a:3", "3:-1", "1:2:3", "³:1"])
def test_what_is_no_dead_letter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="PARTITION:OFFSET"):
        DeadLetterId.parse(text)


def test_a_dead_letter_reads_back_as_it_is_written() -> None:
    assert DeadLetterId.parse(str(DeadLetterId(3, 17))) == DeadLetterId(3, 17)
