"""Contract of catalogues: in memory, and on a server with MongoDB's protocol."""

from dataclasses import replace
from typing import Any

import pytest
from pymongo.database import Database

from inventory_service.model.errors import PartNotFound
from inventory_service.model.part import Category, Part
from inventory_service.model.parts_filter import PartsFilter
from inventory_service.repository.mongo_catalogue import MongoCatalogue
from inventory_service.repository.mongo_storage import PARTS, MongoStorage
from tests.unit.inventory_service.builders import a_part, an_id
from tests.unit.inventory_service.fakes import FakeCatalogue

FIN = a_part("Grid fin", country="USA", tags=("landing", "steering"))
WINGLET = a_part("Winglet", country="China", tags=("steering",))
ENGINE = a_part("Ion drive", category=Category.ENGINE, country="USA", tags=("cruise",))
TANK = a_part("Tank", category=Category.FUEL, country="India", tags=())
EVERYTHING = (FIN, WINGLET, ENGINE, TANK)


class MongoCatalogueAndStorage(MongoCatalogue, MongoStorage):
    """Both ports over one database, as the fake has them."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        MongoCatalogue.__init__(self, database[PARTS])
        MongoStorage.__init__(self, database)


Either = FakeCatalogue | MongoCatalogueAndStorage


@pytest.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.engine)])
def empty(request: pytest.FixtureRequest) -> Either:
    if request.param == "memory":
        return FakeCatalogue()
    return MongoCatalogueAndStorage(request.getfixturevalue("mongo_database"))


@pytest.fixture
def catalogue(empty: Either) -> Either:
    empty.prepare()
    empty.fill_if_empty(EVERYTHING)
    return empty


def names(parts: list[Part]) -> list[str]:
    return [part.name for part in parts]


def test_a_stored_part_reads_back_equal(catalogue: Either) -> None:
    assert catalogue.part(FIN.part_id) == FIN


def test_an_unknown_part_is_not_found(catalogue: Either) -> None:
    with pytest.raises(PartNotFound, match=str(an_id("Warp coil"))):
        catalogue.part(an_id("Warp coil"))


def test_no_filter_returns_everything_by_name(catalogue: Either) -> None:
    assert catalogue.matching(PartsFilter()) == [FIN, ENGINE, TANK, WINGLET]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (PartsFilter(part_ids=(TANK.part_id,)), ["Tank"]),
        (PartsFilter(part_ids=(TANK.part_id, an_id("Warp coil"))), ["Tank"]),
        (PartsFilter(names=("Tank", "Winglet")), ["Tank", "Winglet"]),
        (PartsFilter(names=("tank",)), []),
        (PartsFilter(categories=(Category.WING,)), ["Grid fin", "Winglet"]),
        (PartsFilter(categories=(Category.ENGINE, Category.FUEL)), ["Ion drive", "Tank"]),
        (PartsFilter(categories=(Category.UNSPECIFIED,)), []),
        (PartsFilter(manufacturer_countries=("USA",)), ["Grid fin", "Ion drive"]),
        (PartsFilter(tags=("steering",)), ["Grid fin", "Winglet"]),
        (PartsFilter(tags=("cruise", "landing")), ["Grid fin", "Ion drive"]),
        (PartsFilter(tags=("landing", "steering")), ["Grid fin", "Winglet"]),
        (PartsFilter(tags=("unknown",)), []),
        (PartsFilter(categories=(Category.WING,), manufacturer_countries=("USA",)), ["Grid fin"]),
        (PartsFilter(names=("Tank",), tags=("steering",)), []),
        (PartsFilter(part_ids=(FIN.part_id, TANK.part_id), tags=("landing",)), ["Grid fin"]),
        (
            PartsFilter(
                part_ids=tuple(part.part_id for part in EVERYTHING),
                names=("Grid fin", "Winglet"),
                categories=(Category.WING,),
                manufacturer_countries=("China", "India"),
                tags=("steering",),
            ),
            ["Winglet"],
        ),
    ],
)
def test_a_part_matches_if_it_has_one_of_the_values_of_each_field(
    catalogue: Either, wanted: PartsFilter, found: list[str]
) -> None:
    assert names(catalogue.matching(wanted)) == found


@pytest.mark.parametrize("name", ["$where", "a.b", "", "x' OR 1=1", "Schraube Ω", "%"])
def test_unusual_texts_are_kept_as_they_are(catalogue: Either, name: str) -> None:
    wanted = PartsFilter(names=(name,), tags=(name,), manufacturer_countries=(name,))

    assert catalogue.matching(wanted) == []


def test_a_repeat_changes_nothing(empty: Either) -> None:
    empty.prepare()
    assert empty.fill_if_empty(EVERYTHING) == 4
    changed = [replace(part, stock_quantity=0) for part in EVERYTHING]

    empty.prepare()

    assert empty.fill_if_empty(changed) == 0
    assert empty.part(FIN.part_id) == FIN


def test_a_catalogue_that_has_any_part_is_not_filled(empty: Either) -> None:
    empty.fill_if_empty([WINGLET])

    assert empty.fill_if_empty(EVERYTHING) == 0
    assert empty.matching(PartsFilter()) == [WINGLET]
