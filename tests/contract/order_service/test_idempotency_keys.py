"""Contract of stores of idempotency keys."""

from typing import Any
from uuid import UUID

import pytest

from order_service.model.errors import OrderNotFound
from order_service.model.idempotency import (
    KEPT_HOURS,
    LEASE_S,
    Answer,
    Attempt,
    KeptAnswer,
    KeyedRequest,
    KeyReused,
    RequestInFlight,
)
from tests.contract.order_service.stores import Store
from tests.unit.order_service.builders import ORDER, an_order

FIRST, SECOND = UUID(int=1), UUID(int=2)
A_DAY_S = KEPT_HOURS * 3600
ANSWER = Answer(status=400, body={"z": 1.5, "a": "ü"}, location="/there")
OTHER_ANSWER = Answer(status=200, body={})


def a_request(**changes: Any) -> KeyedRequest:
    return KeyedRequest(**{"scope": "open", "key": "k", "digest": b"\x00\xff", **changes})


def begun(store: Store, attempt_id: UUID = FIRST, **changes: Any) -> Attempt:
    attempt = store.keys.begin(a_request(**changes), attempt_id=attempt_id)
    assert isinstance(attempt, Attempt)
    return attempt


def test_a_repeat_gets_the_stored_answer_unchanged(store: Store) -> None:
    store.keys.finish(begun(store), ANSWER)

    answer = store.keys.begin(a_request(), attempt_id=SECOND)

    assert answer == ANSWER
    assert isinstance(answer, Answer)
    assert list(answer.body) == ["z", "a"]


def test_of_two_attempts_at_once_one_has_the_key_also_if_it_begins_again(store: Store) -> None:
    first = begun(store)

    with pytest.raises(RequestInFlight):
        store.keys.begin(a_request(), attempt_id=SECOND)
    assert first == Attempt(scope="open", key="k", attempt_id=FIRST)
    assert begun(store).attempt_id == FIRST


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_key_belongs_to_one_request(store: Store, *, is_finished: bool) -> None:
    attempt = begun(store)
    if is_finished:
        store.keys.finish(attempt, ANSWER)

    with pytest.raises(KeyReused):
        store.keys.begin(a_request(digest=b"other"), attempt_id=SECOND)


@pytest.mark.parametrize("other", [{"key": "K"}, {"scope": "another"}])
def test_callers_do_not_share_keys(store: Store, other: dict[str, str]) -> None:
    store.keys.finish(begun(store), ANSWER)

    assert not begun(store, SECOND, **other).is_repeat


def test_a_released_key_is_taken_again_by_the_same_request_only(store: Store) -> None:
    store.keys.release(begun(store))

    with pytest.raises(KeyReused):
        store.keys.begin(a_request(digest=b"other"), attempt_id=SECOND)
    assert begun(store, SECOND).is_repeat


def test_an_attempt_that_never_ended_is_taken_over_only_after_its_lease(store: Store) -> None:
    begun(store)
    store.let_pass_s(LEASE_S - 2)
    with pytest.raises(RequestInFlight):
        store.keys.begin(a_request(), attempt_id=SECOND)
    store.let_pass_s(2.1)

    assert begun(store, SECOND).is_repeat


def test_an_attempt_that_was_taken_over_changes_nothing_and_creates_no_order(store: Store) -> None:
    late = begun(store)
    store.let_pass_s(LEASE_S + 0.1)
    begun(store, SECOND)

    store.keys.finish(late, ANSWER)
    store.keys.release(late)
    with pytest.raises(RequestInFlight):
        store.orders.add(an_order(), keep=KeptAnswer(late, ANSWER))

    with pytest.raises(RequestInFlight):
        store.keys.begin(a_request(), attempt_id=UUID(int=3))
    with pytest.raises(OrderNotFound):
        store.orders.get(ORDER)


def test_the_first_answer_stays(store: Store) -> None:
    attempt = begun(store)
    store.keys.finish(attempt, ANSWER)
    store.keys.finish(attempt, OTHER_ANSWER)
    store.keys.release(attempt)

    assert store.keys.begin(a_request(), attempt_id=SECOND) == ANSWER


def test_after_a_day_a_key_is_new_for_any_request(store: Store) -> None:
    store.keys.finish(begun(store), ANSWER)
    store.let_pass_s(A_DAY_S - 5)
    assert store.keys.begin(a_request(), attempt_id=SECOND) == ANSWER
    store.let_pass_s(5.1)

    assert not begun(store, SECOND, digest=b"other").is_repeat
    store.let_pass_s(A_DAY_S - 5)
    with pytest.raises(KeyReused):
        store.keys.begin(a_request(), attempt_id=FIRST)


def test_an_order_and_the_answer_of_its_attempt_are_stored_together_and_once(store: Store) -> None:
    attempt = begun(store)

    for _ in range(2):
        store.orders.add(an_order(), keep=KeptAnswer(attempt, ANSWER))

        assert store.keys.begin(a_request(), attempt_id=SECOND) == ANSWER
        assert store.orders.get(ORDER) == an_order()


def test_a_released_attempt_creates_no_order(store: Store) -> None:
    late = begun(store)
    store.keys.release(late)

    with pytest.raises(RequestInFlight):
        store.orders.add(an_order(), keep=KeptAnswer(late, ANSWER))


def test_only_keys_of_yesterday_are_deleted_the_oldest_first(store: Store) -> None:
    for n in range(3):
        store.keys.finish(begun(store, key=f"old{n}"), ANSWER)
        store.let_pass_s(10)
    store.let_pass_s(A_DAY_S - 9)
    store.keys.finish(begun(store, key="young"), ANSWER)

    assert [store.keys.delete_expired(limit=2) for _ in range(3)] == [2, 1, 0]

    assert store.keys.begin(a_request(key="young"), attempt_id=SECOND) == ANSWER
