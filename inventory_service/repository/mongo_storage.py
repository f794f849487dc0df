"""Creates the catalogue's indexes and seed parts in MongoDB."""

from collections.abc import Sequence

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from inventory_service.converter.part_document import Document, part_to_document
from inventory_service.model.part import Part
from inventory_service.repository.mongo_catalogue import BY_NAME
from inventory_service.service.ports import CatalogueStorage
from libs.mongo.client import mongo_errors

PARTS = "parts"

INDEXES = [
    IndexModel([("uuid", ASCENDING)], name="uuid", unique=True),
    IndexModel(BY_NAME, name="name"),
    IndexModel([("category", ASCENDING)], name="category"),
    IndexModel([("manufacturer.country", ASCENDING)], name="manufacturer_country"),
    IndexModel([("tags", ASCENDING)], name="tags"),
]

FILLING = {"_id": "filling"}
"""A document in unfinished_work, present from before the first insert until after the last.

Without it a call that died half-way would leave a catalogue that looks complete.
"""

DUPLICATE_KEY = 11000


class MongoStorage(CatalogueStorage):
    def __init__(self, database: Database[Document]) -> None:
        self._parts: Collection[Document] = database[PARTS]
        self._unfinished: Collection[Document] = database["unfinished_work"]

    def prepare(self) -> None:
        with mongo_errors():
            self._parts.create_indexes(INDEXES)

    def fill_if_empty(self, parts: Sequence[Part]) -> int:
        with mongo_errors():
            if self._parts.find_one({}) is None:
                self._unfinished.update_one(FILLING, {"$setOnInsert": FILLING}, upsert=True)
            if self._unfinished.find_one(FILLING) is None:
                return 0
            stored = self._store_missing(parts)
            self._unfinished.delete_one(FILLING)
            return stored

    def _store_missing(self, parts: Sequence[Part]) -> int:
        """Insert the missing parts; two concurrent calls may both try the same one."""
        upserts = [
            UpdateOne(
                {"uuid": str(part.part_id)}, {"$setOnInsert": part_to_document(part)}, upsert=True
            )
            for part in parts
        ]
        try:
            return self._parts.bulk_write(upserts, ordered=False).upserted_count
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
                raise
            return int(error.details["nUpserted"])
