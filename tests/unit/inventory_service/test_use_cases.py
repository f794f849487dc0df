from structlog.testing import capture_logs

from inventory_service.model.parts_filter import PartsFilter
from inventory_service.service.get_part import GetPart
from inventory_service.service.list_parts import ListParts
from inventory_service.service.prepare_catalogue import PrepareCatalogue
from tests.unit.inventory_service.builders import a_part
from tests.unit.inventory_service.fakes import FakeCatalogue


def test_a_part_is_found_by_its_id() -> None:
    fin = a_part("Grid fin")

    assert GetPart(FakeCatalogue(fin, a_part("Winglet")))(fin.part_id) == fin


def test_parts_are_listed_by_a_filter() -> None:
    catalogue = FakeCatalogue(a_part("Grid fin", tags=("landing",)), a_part("Winglet", tags=()))

    names = [part.name for part in ListParts(catalogue)(PartsFilter(tags=("landing",)))]

    assert names == ["Grid fin"]


def test_an_empty_catalogue_is_prepared_and_filled() -> None:
    catalogue = FakeCatalogue()

    with capture_logs() as lines:
        PrepareCatalogue(catalogue)([a_part("Grid fin"), a_part("Winglet")])

    assert catalogue.prepared == 1
    assert len(catalogue.matching(PartsFilter())) == 2
    assert [(line["event"], line["parts_stored"]) for line in lines] == [("catalogue_prepared", 2)]


def test_a_catalogue_with_parts_keeps_exactly_those() -> None:
    catalogue = FakeCatalogue(a_part("My own part"))

    PrepareCatalogue(catalogue)([a_part("Grid fin")])

    assert [part.name for part in catalogue.matching(PartsFilter())] == ["My own part"]
