from tests.chaos.judging.skips import Handled, overtaken


def handled(offset: int, *, due_s: float, done_s: float, partition: int = 0) -> Handled:
    order = f"{partition}/{offset}"
    return Handled(order=order, partition=partition, offset=offset, due_s=due_s, done_s=done_s)


def test_a_record_that_is_done_long_after_the_ones_behind_it_was_skipped() -> None:
    records = [
        handled(0, due_s=10, done_s=41),
        handled(1, due_s=11, done_s=11.2),
        handled(2, due_s=12, done_s=12.2),
    ]

    assert list(overtaken(records)) == ["0/0"]


def test_a_delay_of_a_whole_partition_is_no_skip() -> None:
    records = [handled(n, due_s=10 + n, done_s=50) for n in range(3)]

    assert list(overtaken(records)) == []


def test_a_ship_that_takes_longer_to_build_is_not_skipped() -> None:
    records = [handled(0, due_s=20, done_s=20.2), handled(1, due_s=12, done_s=12.2)]

    assert list(overtaken(records)) == []


def test_partitions_are_compared_separately() -> None:
    records = [
        handled(0, due_s=10, done_s=41),
        handled(1, due_s=11, done_s=11.2, partition=1),
    ]

    assert list(overtaken(records)) == []
