import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.kafka.letters import LetterId
from libs.kafka.replay_position import ReplayPosition, TooScattered


def test_letters_replayed_in_order_move_the_position_over_those_of_other_groups() -> None:
    own = [2, 5, 6]

    position = ReplayPosition().after(2, own=own).after(5, own=own)

    assert position == ReplayPosition(6)


def test_a_letter_replayed_out_of_order_is_remembered_until_the_others_are() -> None:
    own = [2, 5, 6]

    later = ReplayPosition().after(5, own=own)
    both = later.after(2, own=own)

    assert (later.metadata, later.covers(5), later.covers(2)) == ("5", True, False)
    assert both == ReplayPosition(6)


@given(st.sets(st.integers(0, 60), min_size=1), st.data())
def test_exactly_the_replayed_letters_are_covered_in_any_order(
    own: set[int], data: st.DataObject
) -> None:
    replayed = data.draw(st.lists(st.sampled_from(sorted(own))))
    position = ReplayPosition()

    for each in replayed:
        kept = position.after(each, own=sorted(own))
        position = ReplayPosition.parse(kept.next, kept.metadata)

    assert {each for each in own if position.covers(each)} == set(replayed)


def test_more_out_of_order_than_a_broker_keeps_is_refused() -> None:
    scattered = ReplayPosition(0, frozenset(range(1000, 9000, 2)))

    with pytest.raises(TooScattered):
        _ = scattered.metadata


@pytest.mark.parametrize("text", ["", "3", "3:", ":3", "a:3", "3:-1", "1:2:3", "³:1"])
def test_what_is_no_letter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="PARTITION:OFFSET"):
        LetterId.parse(text)


def test_a_letter_reads_back_as_it_is_written() -> None:
    assert LetterId.parse(str(LetterId(3, 17))) == LetterId(3, 17)
