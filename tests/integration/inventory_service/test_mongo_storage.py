"""Behaviour that needs a server: indexes, two writers at once, a writer that died."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from inventory_service.converter.part_document import part_to_document
from inventory_service.model.part import Part
from inventory_service.repository.mongo_storage import PARTS, MongoStorage
from libs.mongo.client import create_mongo_client
from libs.settings.groups import MongoSettings
from tests.support.servers.mongo import MongoAddress
from tests.unit.inventory_service.builders import a_part

SEVERAL = [a_part(f"Part {number:02}") for number in range(28)]


@pytest.fixture
def database(mongo: MongoAddress) -> Iterator[Database[dict[str, Any]]]:
    settings = MongoSettings(MONGO_HOST=mongo.host, MONGO_PORT=mongo.port)
    with create_mongo_client(settings) as client:
        yield client[mongo.database]


@pytest.fixture
def storage(database: Database[dict[str, Any]]) -> MongoStorage:
    storage = MongoStorage(database)
    storage.prepare()
    return storage


def stored_names(database: Database[dict[str, Any]]) -> list[str]:
    return sorted(document["name"] for document in database[PARTS].find())


def test_every_field_of_the_filter_has_an_index(
    storage: MongoStorage, database: Database[dict[str, Any]]
) -> None:
    first_fields = {index["key"][0][0] for index in database[PARTS].index_information().values()}

    assert {"uuid", "name", "category", "manufacturer.country", "tags"} <= first_fields


def test_an_id_is_stored_once(storage: MongoStorage, database: Database[dict[str, Any]]) -> None:
    database[PARTS].insert_one(part_to_document(SEVERAL[0]))

    with pytest.raises(DuplicateKeyError):
        database[PARTS].insert_one(part_to_document(SEVERAL[0]))


def test_concurrent_fillings_store_each_part_once(
    storage: MongoStorage, database: Database[dict[str, Any]]
) -> None:
    start = Barrier(4)

    def fill(_: int) -> int:
        start.wait()
        return storage.fill_if_empty(SEVERAL)

    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(fill, range(4)))

    assert sum(stored) == len(SEVERAL)
    assert stored_names(database) == [part.name for part in SEVERAL]


def test_a_filling_that_died_half_way_is_completed_by_the_next_one(
    database: Database[dict[str, Any]],
) -> None:
    class DiesHalfWay(MongoStorage):
        def _store_missing(self, parts: Sequence[Part]) -> int:
            super()._store_missing(parts[:10])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DiesHalfWay(database).fill_if_empty(SEVERAL)

    assert MongoStorage(database).fill_if_empty(SEVERAL) == 18
    assert stored_names(database) == [part.name for part in SEVERAL]
    assert MongoStorage(database).fill_if_empty([a_part("One more")]) == 0
