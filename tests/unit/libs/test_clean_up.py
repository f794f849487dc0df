from libs.clean_up import BATCH_SIZE, LONGEST_RUN_S, delete_in_batches


def test_deleting_ends_with_the_first_batch_that_is_not_full() -> None:
    left = iter([BATCH_SIZE, BATCH_SIZE, 5])

    assert delete_in_batches(lambda _: next(left)) == 2 * BATCH_SIZE + 5


def test_deleting_without_end_is_left_to_the_next_run() -> None:
    moments_s = iter(range(0, 1000, 5))

    deleted = delete_in_batches(lambda size: size, monotonic=lambda: float(next(moments_s)))

    assert deleted == BATCH_SIZE * LONGEST_RUN_S / 5
