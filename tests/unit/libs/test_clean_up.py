from structlog.testing import capture_logs

from libs.clean_up import BATCH_SIZE, LONGEST_RUN_S, CleanUp
from tests.support.locks import free_lock, held_lock


def test_deleting_ends_with_the_first_batch_that_is_not_full_and_is_logged() -> None:
    left = iter([BATCH_SIZE, BATCH_SIZE, 5])

    with capture_logs() as logs:
        deleted = CleanUp("rows", lambda *, limit: min(limit, next(left)), try_lock=free_lock)()

    assert deleted == 2 * BATCH_SIZE + 5
    assert [(line["what"], line["rows"]) for line in logs] == [("rows", deleted)]


def test_rows_that_are_left_after_the_time_are_deleted_by_the_next_run() -> None:
    moments_s = map(float, range(0, 1000, 5))
    endless = CleanUp(
        "rows", lambda *, limit: limit, try_lock=free_lock, monotonic=lambda: next(moments_s)
    )

    assert endless() == BATCH_SIZE * LONGEST_RUN_S / 5


def test_only_one_process_deletes_at_a_time() -> None:
    def delete(*, limit: int) -> int:
        raise AssertionError(f"deleted up to {limit} rows without the lock")

    assert CleanUp("rows", delete, try_lock=held_lock)() == 0
