from order_service.model.evidence import Place, Progress
from tests.chaos.topic_faults import all_read

PLACE = Place("order.paid", 0)


def progress(committed: dict[Place, int], *, end: int) -> Progress:
    return Progress(group="assembly", committed=committed, ends={PLACE: end})


def test_what_is_committed_to_its_end_is_read() -> None:
    assert all_read([progress({PLACE: 7}, end=7)])


def test_an_empty_partition_is_read_by_whoever_has_committed_nothing() -> None:
    assert all_read([progress({}, end=0)])


def test_one_group_that_is_behind_is_enough() -> None:
    assert not all_read([progress({PLACE: 7}, end=7), progress({PLACE: 6}, end=7)])
    assert not all_read([progress({}, end=1)])
