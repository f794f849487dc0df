"""Prepares the database of the catalogue."""

from collections.abc import Sequence

import structlog

from inventory_service.model.part import Part
from inventory_service.service.ports import CatalogueStorage

log = structlog.get_logger(__name__)


class PrepareCatalogue:
    """Creates indexes and seed parts. A repeat changes nothing in a catalogue that has parts."""

    def __init__(self, storage: CatalogueStorage) -> None:
        self._storage = storage

    def __call__(self, first_parts: Sequence[Part]) -> None:
        self._storage.prepare()
        stored = self._storage.fill_if_empty(first_parts)
        log.info("catalogue_prepared", parts_stored=stored)
