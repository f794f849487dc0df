"""Reads parts from MongoDB, which does all the filtering."""

from uuid import UUID

from pymongo import ASCENDING
from pymongo.collection import Collection

from inventory_service.converter.part_document import Document, filter_to_query, part_from_document
from inventory_service.model.errors import PartNotFound
from inventory_service.model.part import Part
from inventory_service.model.parts_filter import PartsFilter
from inventory_service.service.ports import Catalogue
from libs.mongo.client import mongo_errors

WITHOUT_OWN_ID = {"_id": False}

BY_NAME = [("name", ASCENDING), ("uuid", ASCENDING)]


class MongoCatalogue(Catalogue):
    def __init__(self, parts: Collection[Document]) -> None:
        self._parts = parts

    def part(self, part_id: UUID) -> Part:
        with mongo_errors():
            document = self._parts.find_one({"uuid": str(part_id)}, WITHOUT_OWN_ID)
        if document is None:
            raise PartNotFound(part_id)
        return part_from_document(document)

    def matching(self, wanted: PartsFilter) -> list[Part]:
        with mongo_errors():
            documents = list(
                self._parts.find(filter_to_query(wanted), WITHOUT_OWN_ID, sort=BY_NAME)
            )
        return [part_from_document(document) for document in documents]
