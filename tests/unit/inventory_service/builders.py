"""Builds parts: valid defaults that a test may change, and a strategy of all parts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from hypothesis import strategies as st

from inventory_service.model.part import Category, Dimensions, Manufacturer, MetadataValue, Part

CREATED_AT = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
IDS = UUID("5d1c5f5e-3c6c-4f4e-9a53-5b1f6c2b8a11")


def an_id(name: str) -> UUID:
    return uuid5(IDS, name)


def a_part(
    name: str = "Grid fin",
    *,
    category: Category = Category.WING,
    country: str = "USA",
    tags: tuple[str, ...] = ("landing", "steering"),
    price: Decimal = Decimal("9450.00"),
    metadata: Mapping[str, MetadataValue] | None = None,
) -> Part:
    return Part(
        part_id=an_id(name),
        name=name,
        description="Titanium lattice.",
        price=price,
        stock_quantity=72,
        category=category,
        dimensions=Dimensions(length_cm=150, width_cm=120, height_cm=12.5, weight_kg=88),
        manufacturer=Manufacturer(
            name="Orbital Forge", country=country, website="https://of.example"
        ),
        tags=tags,
        metadata={"cells": 56, "reusable": True} if metadata is None else metadata,
        created_at=CREATED_AT,
        updated_at=CREATED_AT,
    )


texts = st.text(max_size=20)
lengths = st.floats(min_value=0, max_value=1e9)
moments = st.builds(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms),
    st.integers(0, 4_000_000_000_000),
)
metadata_values = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
parts = st.builds(
    Part,
    name=texts,
    description=texts,
    price=st.decimals(min_value=0, max_value=10**9, places=2),
    stock_quantity=st.integers(0, 2**63 - 1),
    dimensions=st.builds(
        Dimensions, length_cm=lengths, width_cm=lengths, height_cm=lengths, weight_kg=lengths
    ),
    manufacturer=st.builds(Manufacturer, name=texts, country=texts, website=texts),
    tags=st.lists(texts, max_size=4).map(tuple),
    metadata=st.dictionaries(st.text("abcdefghij_", min_size=1), metadata_values, max_size=4),
    created_at=moments,
    updated_at=moments,
)
