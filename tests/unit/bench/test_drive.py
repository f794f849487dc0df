import asyncio

from tests.bench.load.drive import Timing, drive


def driven(*, total: int, at_once: int, per_s: float = 0.0, blocks_s: float = 0.0) -> Timing:
    """Drive work of which every third piece fails, and the first one holds up all."""

    async def work(number: int) -> bool:
        if number == 0:
            await asyncio.sleep(blocks_s)
        return number % 3 != 2

    return asyncio.run(drive(work, total=total, at_once=at_once, per_s=per_s))


def test_every_piece_is_done_once_and_failures_are_counted() -> None:
    timing = driven(total=9, at_once=4)

    assert (timing.done, timing.errors) == (9, 3)


def test_the_most_at_once_is_kept() -> None:
    running, most = 0, 0

    async def work(_: int) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return True

    asyncio.run(drive(work, total=20, at_once=3))

    assert most == 3


def test_a_rate_is_kept() -> None:
    timing = driven(total=11, at_once=4, per_s=100.0)

    assert timing.elapsed_s >= 0.1


def test_work_that_is_held_up_counts_from_the_time_when_it_was_due() -> None:
    timing = driven(total=3, at_once=1, per_s=1000.0, blocks_s=0.1)

    assert min(timing.latencies_s) > 0.09


def test_no_work_begins_after_the_time_is_over() -> None:
    async def work(_: int) -> bool:
        await asyncio.sleep(0.03)
        return True

    timing = asyncio.run(drive(work, total=1000, at_once=1, for_s=0.1))

    assert 1 <= timing.done <= 5
