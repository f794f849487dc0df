import asyncio
from threading import Event

import pytest

from notification_service.client.loop_thread import LoopThread


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


def test_work_of_any_thread_runs_in_the_loop() -> None:
    loop = LoopThread()

    assert [loop.run(double(number), timeout_s=5) for number in (1, 2)] == [2, 4]
    loop.close()


def test_work_that_takes_too_long_is_cancelled() -> None:
    loop, cancelled = LoopThread(), Event()

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError):
        loop.run(wait_for_ever(), timeout_s=0.05)

    assert cancelled.wait(5)
    loop.close()


def test_a_closed_loop_starts_again() -> None:
    loop = LoopThread()
    loop.close()
    loop.run(double(1), timeout_s=5)
    loop.close()

    assert loop.run(double(2), timeout_s=5) == 4
    loop.close()
