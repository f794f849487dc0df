"""What the loop hands off, commits and leaves uncommitted."""

from itertools import pairwise
from threading import Event

import pytest

from libs.kafka.bridge.route import STANDARD_BATCHING
from tests.support.kafka import FakeKafka
from tests.unit.libs.kafka.bridge.loops import DrivenLoop, FakeHandOff, out_of_order


def test_a_poll_is_handed_off_as_one_batch_and_then_committed(kafka: FakeKafka) -> None:
    kafka.append(b"a")
    kafka.append(b"b", partition=1)
    member = DrivenLoop(kafka)

    member.tick()

    assert [[each.value for each in batch] for batch in member.hand_off.batches] == [[b"a", b"b"]]
    assert kafka.committed == {0: 1, 1: 1}


def test_nothing_is_committed_before_the_hand_off(kafka: FakeKafka, waiting: DrivenLoop) -> None:
    waiting.tick(5, after_s=11)

    assert kafka.committed == {}


def test_a_batch_is_retried_until_it_is_accepted(kafka: FakeKafka, waiting: DrivenLoop) -> None:
    kafka.append(b"b")
    waiting.hand_off.failure = None

    waiting.tick(after_s=0.2)
    waiting.tick()

    assert waiting.hand_off.places == [(0, 0), (0, 1)]
    assert kafka.committed == {0: 2}


def test_attempts_are_spaced_from_a_fifth_of_a_second_to_four_seconds(waiting: DrivenLoop) -> None:
    tries = [waiting.monotonic.now_s]

    for _ in range(400):
        before = waiting.hand_off.refusals
        waiting.tick(after_s=0.1)
        if waiting.hand_off.refusals > before:
            tries.append(waiting.monotonic.now_s)

    gaps = [round(later - sooner, 1) for sooner, later in pairwise(tries)]
    assert gaps[:7] == [0.2, 0.4, 0.8, 1.6, 3.2, 4.0, 4.0]
    assert max(gaps) < 4.2


def test_everything_is_paused_while_a_batch_waits_and_read_again_after(waiting: DrivenLoop) -> None:
    paused = set(waiting.consumer.paused)
    waiting.hand_off.failure = None
    waiting.tick(after_s=1)

    assert paused == {0, 1}
    assert waiting.consumer.paused == set()


def test_a_partition_that_arrives_during_an_outage_is_put_back_and_paused() -> None:
    kafka = FakeKafka(partitions=2)
    member = DrivenLoop(kafka, hand_off=FakeHandOff(failure=out_of_order()))
    member.consumer.assign([0])
    kafka.append(b"a")
    member.tick()
    kafka.append(b"new", partition=1)

    member.consumer.assign([0, 1])
    member.tick()
    paused = set(member.consumer.paused)
    member.hand_off.failure = None
    member.tick(2, after_s=1)

    assert paused == {0, 1}
    assert member.hand_off.places == [(0, 0), (1, 0)]


def test_a_lost_partition_leaves_the_waiting_batch_and_is_not_committed(kafka: FakeKafka) -> None:
    kafka.append(b"mine")
    kafka.append(b"soon not mine", partition=1)
    member = DrivenLoop(kafka, hand_off=FakeHandOff(failure=out_of_order()))
    member.tick()

    member.consumer.assign([0])
    member.hand_off.failure = None
    member.tick(after_s=1)

    assert member.hand_off.places == [(0, 0)]
    assert kafka.committed == {0: 1}


def test_a_partition_that_was_lost_and_came_back_is_read_from_the_commit(kafka: FakeKafka) -> None:
    kafka.append(b"a")
    kafka.append(b"b")
    member = DrivenLoop(kafka, hand_off=FakeHandOff(failure=out_of_order()))
    member.tick()
    kafka.committed[0] = 1

    member.consumer.assign([1])
    member.consumer.assign([0, 1])
    member.hand_off.failure = None
    member.tick(2, after_s=1)

    assert member.hand_off.places == [(0, 1)]


def test_a_failed_commit_is_retried_without_a_new_record(kafka: FakeKafka) -> None:
    kafka.append(b"a")
    member = DrivenLoop(kafka)
    member.tick()
    kafka.append(b"b")
    member.consumer.commit_failure = "KafkaConnectionError"
    member.tick()
    member.consumer.commit_failure = ""

    member.tick()

    assert kafka.committed == {0: 2}
    assert member.hand_off.places == [(0, 0), (0, 1)]


def test_offsets_are_committed_once_with_those_behind_that_hold_no_record(kafka: FakeKafka) -> None:
    kafka.append(b"a")
    kafka.append_unseen()
    member = DrivenLoop(kafka)

    member.tick(5)

    assert kafka.committed == {0: 2}
    assert member.consumer.commits == [{0: 2}]


def test_offsets_that_hold_no_record_are_committed_without_any_record(kafka: FakeKafka) -> None:
    kafka.append_unseen(3)
    kafka.append(b"keeps the other one busy", partition=1)
    member = DrivenLoop(kafka)
    member.tick()
    kafka.append_unseen()

    member.tick(3)

    assert kafka.committed == {0: 4, 1: 1}
    assert member.consumer.commits[1:] == [{0: 4}]


def test_offsets_that_hold_no_record_wait_for_the_batch_before_them(
    kafka: FakeKafka, waiting: DrivenLoop
) -> None:
    kafka.append_unseen()

    waiting.tick(3)

    assert kafka.committed == {}


def test_a_batch_that_lost_all_its_partitions_delays_no_other(kafka: FakeKafka) -> None:
    kafka.append(b"soon not mine", partition=1)
    member = DrivenLoop(kafka, hand_off=FakeHandOff(failure=out_of_order()))
    member.tick()
    kafka.append(b"mine")
    member.hand_off.failure = None

    member.consumer.assign([0])
    member.tick(2)

    assert member.hand_off.places == [(0, 0)]


def test_a_pending_commit_of_a_lost_partition_is_forgotten(kafka: FakeKafka) -> None:
    kafka.append(b"a")
    kafka.append(b"b", partition=1)
    member = DrivenLoop(kafka)
    member.consumer.commit_failure = "CommitFailedError"
    member.tick()

    member.consumer.assign([0])
    member.consumer.commit_failure = ""
    member.tick()

    assert kafka.committed == {0: 1}


def test_a_bug_in_the_hand_off_commits_nothing_and_leaves_the_group(kafka: FakeKafka) -> None:
    kafka.append(b"a")
    member = DrivenLoop(kafka, hand_off=FakeHandOff(failure=KeyError("a bug")))

    with pytest.raises(KeyError):
        member.loop.run(Event())

    assert kafka.committed == {}
    assert member.consumer.closed


def test_a_stopped_loop_drops_the_batch_commits_what_is_done_and_leaves(kafka: FakeKafka) -> None:
    kafka.append(b"done")
    member = DrivenLoop(kafka)
    member.consumer.commit_failure = "broker went away"
    member.tick()
    kafka.append(b"refused")
    member.hand_off.failure = out_of_order()
    member.tick()
    member.consumer.commit_failure = ""
    stop = Event()
    stop.set()

    member.loop.run(stop)

    assert kafka.committed == {0: 1}
    assert member.consumer.closed


def test_while_polls_fail_the_loop_rests_and_hands_off_nothing(waiting: DrivenLoop) -> None:
    waiting.hand_off.failure = None
    waiting.consumer.poll_failure = "GroupAuthorizationFailedError"

    rest_s = waiting.tick(after_s=11)

    assert rest_s == pytest.approx(0.2)
    assert waiting.hand_off.batches == []
    assert waiting.vitals.signs[-1] == "unhealthy"


def test_the_first_record_after_a_pause_is_handed_off_at_once_and_the_next_ones_are_collected(
    kafka: FakeKafka,
) -> None:
    member = DrivenLoop(kafka)
    assert member.tick() == 0.0
    kafka.append(b"a")

    rest_s = member.tick()

    assert member.hand_off.places == [(0, 0)]
    assert rest_s == STANDARD_BATCHING.max_batch_time_s


def test_a_member_that_is_behind_does_not_rest(kafka: FakeKafka) -> None:
    for value in (b"a", b"b", b"c"):
        kafka.append(value)
    member = DrivenLoop(kafka, max_records=2)

    rests = [member.tick(), member.tick()]

    assert rests == [0.0, STANDARD_BATCHING.max_batch_time_s]


def test_a_full_batch_is_followed_by_the_next_one_at_once(kafka: FakeKafka) -> None:
    for _ in range(STANDARD_BATCHING.max_batch_size):
        kafka.append(b"a")
    member = DrivenLoop(kafka, max_records=STANDARD_BATCHING.max_batch_size)

    assert member.tick() == 0.0
