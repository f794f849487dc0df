"""In any order of events no record is skipped and none is committed too early."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from libs.kafka.bridge.malformed_limit import NO_LIMIT
from tests.support.kafka import FakeKafka, FakePublisher
from tests.unit.libs.kafka.bridge.loops import MALFORMED, DrivenLoop, FakeHandOff, out_of_order

PARTITIONS = 3
PLACES = st.integers(0, 2)


class Group(RuleBasedStateMachine):
    """Up to three members share three partitions, a hand-off and a dead-letter topic."""

    def __init__(self) -> None:
        super().__init__()
        self.kafka = FakeKafka(partitions=PARTITIONS)
        self.hand_off = FakeHandOff()
        self.dead_letters = FakePublisher()
        self.waiting = 0
        self.members: list[DrivenLoop] = []
        self.join()

    @precondition(lambda self: len(self.members) < 3)
    @rule()
    def join(self) -> None:
        self.members.append(
            DrivenLoop(
                self.kafka,
                hand_off=self.hand_off,
                dead_letters=self.dead_letters,
                malformed_limit=NO_LIMIT,
                queue_length=lambda: self.waiting,
                max_records=2,
            )
        )

    @precondition(lambda self: len(self.members) > 1)
    @rule(place=PLACES)
    def kill(self, place: int) -> None:
        member = self.members.pop(place % len(self.members))
        self.kafka.leave(member.consumer)

    @rule(partition=st.integers(0, PARTITIONS - 1), malformed=st.booleans())
    def produce(self, partition: int, *, malformed: bool) -> None:
        self.kafka.append(MALFORMED if malformed else b"fine", partition=partition)

    @rule(partition=st.integers(0, PARTITIONS - 1), count=st.integers(1, 2))
    def end_a_transaction(self, partition: int, count: int) -> None:
        self.kafka.append_unseen(count, partition=partition)

    @rule(place=PLACES, after_s=st.sampled_from([0.0, 0.3, 11.0]))
    def tick(self, place: int, after_s: float) -> None:
        self.members[place % len(self.members)].tick(after_s=after_s)

    @rule(turns=st.integers(1, 2))
    def take_partitions_round(self, turns: int) -> None:
        for turn in range(turns):
            for place, member in enumerate(self.members):
                share = range((place + turn) % len(self.members), PARTITIONS, len(self.members))
                member.consumer.assign(share)

    @rule(down=st.booleans())
    def hand_off_goes_down_or_up(self, *, down: bool) -> None:
        self.hand_off.failure = out_of_order() if down else None

    @rule(at_most=st.sampled_from([None, 0, 1]))
    def dead_letters_go_down_or_up(self, at_most: int | None) -> None:
        self.dead_letters.acknowledge_at_most = at_most

    @rule(place=PLACES, down=st.booleans())
    def commits_fail_or_work(self, place: int, *, down: bool) -> None:
        member = self.members[place % len(self.members)]
        member.consumer.commit_failure = "KafkaConnectionError" if down else ""

    @rule(waiting=st.sampled_from([0, 100]))
    def queue_fills_or_drains(self, waiting: int) -> None:
        self.waiting = waiting

    @invariant()
    def nothing_is_committed_before_it_was_dealt_with(self) -> None:
        done = self.dealt_with()
        for partition, committed in self.kafka.committed.items():
            before = [each for each in self.kafka.log[partition][:committed] if each]
            assert done.issuperset((each.partition, each.offset) for each in before)

    def dealt_with(self) -> set[tuple[int, int]]:
        dead_lettered = {
            (
                int(dict(each.headers)["x-dlq-source-partition"]),
                int(dict(each.headers)["x-dlq-source-offset"]),
            )
            for each in self.dead_letters.sent
        }
        return dead_lettered | set(self.hand_off.places)

    def teardown(self) -> None:
        self.hand_off.failure = None
        self.dead_letters.acknowledge_at_most = None
        self.waiting = 0
        for member in self.members:
            member.consumer.commit_failure = ""
        records = sum(len(each) for each in self.kafka.log)
        for _ in range(records + 5):
            for member in self.members:
                member.tick(after_s=11.0)

        assert self.kafka.committed == self.kafka.ends
        assert self.dealt_with() == {
            (each.partition, each.offset) for log in self.kafka.log for each in log if each
        }


TestGroup = Group.TestCase
TestGroup.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
