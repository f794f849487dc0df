from collections import Counter
from decimal import Decimal
from importlib.resources import files

import pytest

from inventory_service.converter.catalogue_file import parts_from_toml
from inventory_service.model.part import Category, Part
from tests.unit.inventory_service.builders import CREATED_AT


@pytest.fixture(scope="module")
def catalogue() -> tuple[Part, ...]:
    text = files("inventory_service").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return parts_from_toml(text, created_at=CREATED_AT)


def test_it_is_large_and_its_ids_and_names_are_unique(catalogue: tuple[Part, ...]) -> None:
    assert len(catalogue) >= 24
    assert len({part.part_id for part in catalogue}) == len(catalogue)
    assert len({part.name for part in catalogue}) == len(catalogue)


def test_every_category_has_several_parts(catalogue: tuple[Part, ...]) -> None:
    sizes = Counter(part.category for part in catalogue)

    assert set(sizes) == set(Category) - {Category.UNSPECIFIED}
    assert min(sizes.values()) >= 6


def test_the_catalogue_has_several_countries_and_tags(catalogue: tuple[Part, ...]) -> None:
    countries = {part.manufacturer.country for part in catalogue}
    tags = Counter(tag for part in catalogue for tag in part.tags)

    assert len(countries) >= 6
    assert len(tags) >= 15
    assert sum(times > 1 for times in tags.values()) >= 8


def test_every_kind_of_metadata_value_occurs(catalogue: tuple[Part, ...]) -> None:
    kinds = {type(value) for part in catalogue for value in part.metadata.values()}

    assert kinds == {bool, int, float, str}


def test_prices_are_exact_and_payable(catalogue: tuple[Part, ...]) -> None:
    assert all(part.price > 0 for part in catalogue)
    assert all(part.price == part.price.quantize(Decimal("0.01")) for part in catalogue)
    assert any(part.price != part.price.to_integral_value() for part in catalogue)


def test_every_part_has_a_size_a_weight_a_stock_and_texts(catalogue: tuple[Part, ...]) -> None:
    for part in catalogue:
        size = part.dimensions
        assert min(size.length_cm, size.width_cm, size.height_cm, size.weight_kg) > 0
        assert part.stock_quantity > 0
        assert len(part.description) > 30
