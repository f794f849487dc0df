"""Calls wait for a free thread of their lane for a limited time, or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

import pytest

from order_service.api.http.server.lanes import MAX_WAITING, Lane, LaneFull
from tests.support.monotonic import FakeMonotonic

SOON_S = 10.0


@asynccontextmanager
async def taken(lane: Lane) -> AsyncIterator[Event]:
    """Hold the only thread of a lane until the event is set or the block ends."""
    go_on, begun = Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold() -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(SOON_S)

    holding = asyncio.create_task(lane.run(hold))
    await begun.wait()
    try:
        yield go_on
    finally:
        go_on.set()
        await holding
        lane.end()


def test_a_call_waits_for_a_thread() -> None:
    async def answer() -> str:
        lane = Lane("test", 1, patience_s=SOON_S)
        async with taken(lane) as go_on:
            waiting = asyncio.create_task(lane.run(lambda: "done"))
            await asyncio.sleep(0)
            go_on.set()
            return await waiting

    assert asyncio.run(answer()) == "done"


def test_a_call_that_waited_too_long_is_refused_and_was_not_begun() -> None:
    begun: list[bool] = []

    async def run() -> None:
        lane = Lane("test", 1, patience_s=0.05)
        async with taken(lane):
            with pytest.raises(LaneFull):
                await lane.run(lambda: begun.append(True))

    asyncio.run(run())
    assert begun == []


def test_when_no_thread_was_free_for_long_the_next_call_is_refused_at_once() -> None:
    ticks = FakeMonotonic()

    async def run() -> str:
        lane = Lane("test", 1, patience_s=SOON_S, monotonic=ticks)
        async with taken(lane) as go_on:
            ticks.advance(SOON_S + 1)
            with pytest.raises(LaneFull):
                lane.run(lambda: "done").send(None)
            go_on.set()
            return await asyncio.create_task(_when_free(lane))

    assert asyncio.run(run()) == "done"


def test_the_number_of_waiting_calls_is_limited() -> None:
    async def run() -> None:
        lane = Lane("test", 1, patience_s=SOON_S)
        async with taken(lane):
            waiting = [asyncio.create_task(lane.run(lambda: None)) for _ in range(MAX_WAITING)]
            await asyncio.sleep(0)
            with pytest.raises(LaneFull):
                lane.run(lambda: None).send(None)
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(run())


async def _when_free(lane: Lane) -> str:
    while True:
        try:
            return await lane.run(lambda: "done")
        except LaneFull:
            await asyncio.sleep(0)
