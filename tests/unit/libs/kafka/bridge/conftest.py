import pytest

from tests.support.kafka import FakeKafka
from tests.unit.libs.kafka.bridge.loops import DrivenLoop, FakeHandOff, out_of_order


@pytest.fixture
def kafka() -> FakeKafka:
    return FakeKafka(partitions=2)


@pytest.fixture
def waiting(kafka: FakeKafka) -> DrivenLoop:
    """Return a member whose first batch, a record of partition 0, was refused once."""
    kafka.append(b"a")
    member = DrivenLoop(kafka, hand_off=FakeHandOff(failure=out_of_order()))
    member.tick()
    return member
