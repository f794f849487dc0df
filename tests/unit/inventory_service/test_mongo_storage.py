"""A server's answers to two concurrent writers, which are rare with a real server."""

from collections import defaultdict
from typing import Any, cast

import pytest
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from inventory_service.repository.mongo_storage import MongoStorage
from tests.unit.inventory_service.builders import a_part

DUPLICATE = {"index": 0, "code": 11000, "errmsg": "E11000 duplicate key"}
TOO_LARGE = {"index": 1, "code": 10334, "errmsg": "BSONObj size is invalid"}


class FakeCollection:
    """An empty collection in which some writes of a batch fail."""

    def __init__(self, *failures: dict[str, Any]) -> None:
        self._failures = failures

    def find_one(self, query: dict[str, Any]) -> dict[str, Any] | None:
        return query or None

    def update_one(self, *_: object, upsert: bool) -> None: ...

    def delete_one(self, _: dict[str, Any]) -> None: ...

    def bulk_write(self, writes: list[object], *, ordered: bool) -> None:
        stored = len(writes) - len(self._failures)
        raise BulkWriteError({"writeErrors": self._failures, "nUpserted": stored})


def fill_with_two_parts(*failures: dict[str, Any]) -> int:
    database: dict[str, FakeCollection] = defaultdict(lambda: FakeCollection(*failures))
    storage = MongoStorage(cast("Database[dict[str, Any]]", database))
    return storage.fill_if_empty([a_part("Grid fin"), a_part("Winglet")])


def test_a_part_that_another_call_stores_at_the_same_time_is_no_failure() -> None:
    assert fill_with_two_parts(DUPLICATE) == 1


def test_any_other_failed_write_is_raised() -> None:
    with pytest.raises(BulkWriteError):
        fill_with_two_parts(DUPLICATE, TOO_LARGE)
