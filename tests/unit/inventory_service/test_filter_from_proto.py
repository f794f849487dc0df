from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_service.converter.filter_from_proto import filter_from_proto, part_id_from_proto
from inventory_service.model.parts_filter import PartsFilter
from libs.contracts.inventory.v1 import inventory_pb2 as wire
from libs.errors import InvalidInput
from tests.unit.inventory_service.builders import an_id


@given(
    st.builds(
        PartsFilter, part_ids=..., names=..., categories=..., manufacturer_countries=..., tags=...
    )
)
def test_a_filter_is_read_as_it_was_asked(wanted: PartsFilter) -> None:
    asked = wire.PartsFilter(
        uuids=[str(part_id) for part_id in wanted.part_ids],
        names=wanted.names,
        categories=[f"CATEGORY_{each}" for each in wanted.categories],
        manufacturer_countries=wanted.manufacturer_countries,
        tags=wanted.tags,
    )

    assert filter_from_proto(wire.ListPartsRequest(filter=asked)) == wanted


def test_a_missing_filter_is_an_empty_one() -> None:
    assert filter_from_proto(wire.ListPartsRequest()) == PartsFilter()


def test_an_invalid_id_is_refused() -> None:
    asked = wire.PartsFilter(uuids=[str(an_id("a")), "grid-fin"])

    with pytest.raises(InvalidInput, match=r"filter\.uuids: 'grid-fin' is not a uuid"):
        filter_from_proto(wire.ListPartsRequest(filter=asked))


def test_a_category_of_a_later_contract_is_refused() -> None:
    asked = wire.PartsFilter(categories=[cast("wire.Category", 9)])

    with pytest.raises(InvalidInput, match=r"filter\.categories: 9 is not a known category"):
        filter_from_proto(wire.ListPartsRequest(filter=asked))


def test_a_part_is_requested_by_a_uuid() -> None:
    assert part_id_from_proto(wire.GetPartRequest(uuid=str(an_id("a")))) == an_id("a")
    with pytest.raises(InvalidInput, match="uuid: '' is not a uuid"):
        part_id_from_proto(wire.GetPartRequest())
