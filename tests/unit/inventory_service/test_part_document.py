from bson import decode, encode
from bson.codec_options import CodecOptions
from hypothesis import given

from inventory_service.converter.part_document import (
    Document,
    filter_to_query,
    part_from_document,
    part_to_document,
)
from inventory_service.model.part import Category, Part
from inventory_service.model.parts_filter import PartsFilter
from tests.unit.inventory_service.builders import a_part, an_id, parts

AWARE: CodecOptions[Document] = CodecOptions(tz_aware=True)


@given(parts)
def test_a_part_and_the_kinds_of_its_metadata_survive_being_stored(part: Part) -> None:
    stored = decode(encode(part_to_document(part)), codec_options=AWARE)

    assert part_from_document(stored) == part
    # In Python 1 == 1.0 == True.
    kinds = {key: type(value) for key, value in part_from_document(stored).metadata.items()}
    assert kinds == {key: type(value) for key, value in part.metadata.items()}


def test_a_price_is_stored_in_whole_cents() -> None:
    assert part_to_document(a_part())["price_cents"] == 945_000


def test_a_double_that_a_shell_rewrote_as_a_whole_number_stays_a_double() -> None:
    document = part_to_document(a_part(metadata={"load_t": 3.0}))
    document["metadata"]["load_t"] = {"double": 3}

    value = part_from_document(document).metadata["load_t"]

    assert (type(value), value) == (float, 3.0)


def test_an_empty_filter_matches_everything() -> None:
    assert filter_to_query(PartsFilter()) == {}


def test_every_field_of_a_filter_narrows_the_query() -> None:
    wanted = PartsFilter(
        part_ids=(an_id("a"), an_id("b")),
        names=("Grid fin",),
        categories=(Category.WING, Category.FUEL),
        manufacturer_countries=("USA",),
        tags=("landing",),
    )

    assert filter_to_query(wanted) == {
        "uuid": {"$in": [str(an_id("a")), str(an_id("b"))]},
        "name": {"$in": ["Grid fin"]},
        "category": {"$in": ["WING", "FUEL"]},
        "manufacturer.country": {"$in": ["USA"]},
        "tags": {"$in": ["landing"]},
    }
