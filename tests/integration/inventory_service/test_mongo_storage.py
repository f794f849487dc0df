"""Behaviour that needs a server: indexes, two writers at once, a writer that died."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from inventory_service.converter.part_document import part_to_document
from inventory_service.model.part import Part
from inventory_service.repository.mongo_storage import PARTS, MongoStorage
from libs.mongo.client import Document
from tests.unit.inventory_service.builders import a_part

SEVERAL = [a_part(f"Part {number:02}") for number in range(28)]


@pytest.fixture
def storage(mongo_database: Database[Document]) -> MongoStorage:
    storage = MongoStorage(mongo_database)
    storage.prepare()
    return storage


def stored_names(mongo_database: Database[Document]) -> list[str]:
    return sorted(document["name"] for document in mongo_database[PARTS].find())


def test_every_field_of_the_filter_has_an_index(
    storage: MongoStorage, mongo_database: Database[Document]
) -> None:
    first_fields = {
        index["key"][0][0] for index in mongo_database[PARTS].index_information().values()
    }

    assert {"uuid", "name", "category", "manufacturer.country", "tags"} <= first_fields


def test_an_id_is_stored_once(storage: MongoStorage, mongo_database: Database[Document]) -> None:
    mongo_database[PARTS].insert_one(part_to_document(SEVERAL[0]))

    with pytest.raises(DuplicateKeyError):
        mongo_database[PARTS].insert_one(part_to_document(SEVERAL[0]))


def test_concurrent_fillings_store_each_part_once(
    storage: MongoStorage, mongo_database: Database[Document]
) -> None:
    start = Barrier(4)

    def fill(_: int) -> int:
        start.wait()
        return storage.fill_if_empty(SEVERAL)

    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(fill, range(4)))

    assert sum(stored) == len(SEVERAL)
    assert stored_names(mongo_database) == [part.name for part in SEVERAL]


def test_a_filling_that_died_half_way_is_completed_by_the_next_one(
    mongo_database: Database[Document],
) -> None:
    class DiesHalfWay(MongoStorage):
        def _store_missing(self, parts: Sequence[Part]) -> int:
            super()._store_missing(parts[:10])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DiesHalfWay(mongo_database).fill_if_empty(SEVERAL)

    assert MongoStorage(mongo_database).fill_if_empty(SEVERAL) == 18
    assert stored_names(mongo_database) == [part.name for part in SEVERAL]
    assert MongoStorage(mongo_database).fill_if_empty([a_part("One more")]) == 0
