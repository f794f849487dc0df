import asyncio

import pytest

from deploy.telegram_sandbox.faults import FaultBook, FaultKind, fault_from_json
from tests.support.monotonic import FakeMonotonic

SEND = "sendmessage"


def test_a_fault_lasts_as_many_calls_as_it_says() -> None:
    book = FaultBook(FakeMonotonic())
    book.add(fault_from_json({"kind": "answer", "calls": 2}))

    met = [book.meet(SEND, "1", "x") is not None for _ in range(3)]

    assert met == [True, True, False]
    assert book.in_force() == []


def test_a_fault_lasts_as_many_seconds_as_it_says() -> None:
    ticks = FakeMonotonic()
    book = FaultBook(ticks)
    book.add(fault_from_json({"kind": "answer", "seconds": 5}))

    assert book.meet(SEND, "1", "x")
    ticks.advance(5)
    assert book.meet(SEND, "1", "x") is None


def test_a_fault_applies_only_to_its_chat_its_text_and_its_method() -> None:
    book = FaultBook(FakeMonotonic())
    book.add(
        fault_from_json({"kind": "drop", "chat_id": 7, "text": "bad", "method": "sendMessage"})
    )

    assert book.meet(SEND, "7", "a bad line")
    assert book.meet(SEND, "8", "a bad line") is None
    assert book.meet(SEND, "7", "a good line") is None
    assert book.meet("getme", "7", "a bad line") is None


def test_a_fault_of_every_method_applies_to_every_call() -> None:
    book = FaultBook(FakeMonotonic())
    book.add(fault_from_json({"kind": "answer", "method": "*"}))

    assert book.meet("getme", "", "")


def test_an_answer_has_telegrams_words_unless_others_are_given() -> None:
    throttled = fault_from_json({"kind": "answer", "status": 429, "retry_after": 9})
    own = fault_from_json({"kind": "answer", "status": 400, "description": "Bad Request: no"})

    assert throttled.wording() == "Too Many Requests: retry after 9"
    assert own.wording() == "Bad Request: no"


@pytest.mark.parametrize(
    "wire", [{}, {"kind": "quake"}, {"kind": "answer", "how": "badly"}], ids=str
)
def test_an_unknown_fault_is_refused(wire: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"kind|quake|how"):
        fault_from_json(wire)


def test_clearing_releases_hanging_calls() -> None:
    async def hang_and_clear() -> bool:
        book = FaultBook(FakeMonotonic())
        book.add(fault_from_json({"kind": "hang"}))
        hanging = asyncio.create_task(book.hang(30))
        await asyncio.sleep(0)
        book.clear()
        await asyncio.wait_for(hanging, 1)
        return book.in_force() == []

    assert asyncio.run(hang_and_clear())
    assert FaultKind("hang") is FaultKind.HANG
