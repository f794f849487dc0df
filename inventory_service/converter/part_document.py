"""Parts as MongoDB documents, and filters as MongoDB queries.

Prices are whole cents and metadata values carry their type, so storing changes no number.
Ids are text, so they are readable in a shell.
"""

from dataclasses import asdict
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

from inventory_service.model.part import Category, Dimensions, Manufacturer, MetadataValue, Part
from inventory_service.model.parts_filter import PartsFilter

Document = dict[str, Any]

TYPE_OF: dict[str, type[MetadataValue]] = {
    "bool": bool,
    "int64": int,
    "double": float,
    "string": str,
}
KIND_OF = {python_type: kind for kind, python_type in TYPE_OF.items()}


def part_to_document(part: Part) -> Document:
    return {
        "uuid": str(part.part_id),
        "name": part.name,
        "description": part.description,
        "price_cents": int(part.price * 100),
        "stock_quantity": part.stock_quantity,
        "category": part.category.value,
        "dimensions": asdict(part.dimensions),
        "manufacturer": asdict(part.manufacturer),
        "tags": list(part.tags),
        "metadata": {key: {KIND_OF[type(each)]: each} for key, each in part.metadata.items()},
        "created_at": part.created_at,
        "updated_at": part.updated_at,
    }


def part_from_document(document: Document) -> Part:
    return Part(
        part_id=UUID(document["uuid"]),
        name=document["name"],
        description=document["description"],
        price=Decimal(document["price_cents"]).scaleb(-2),
        stock_quantity=int(document["stock_quantity"]),
        category=Category(document["category"]),
        dimensions=Dimensions(**document["dimensions"]),
        manufacturer=Manufacturer(**document["manufacturer"]),
        tags=tuple(document["tags"]),
        metadata={key: _value_from_document(each) for key, each in document["metadata"].items()},
        created_at=document["created_at"].astimezone(UTC),
        updated_at=document["updated_at"].astimezone(UTC),
    )


def filter_to_query(wanted: PartsFilter) -> Document:
    values_of = {
        "uuid": [str(part_id) for part_id in wanted.part_ids],
        "name": list(wanted.names),
        "category": [category.value for category in wanted.categories],
        "manufacturer.country": list(wanted.manufacturer_countries),
        "tags": list(wanted.tags),
    }
    return {field: {"$in": values} for field, values in values_of.items() if values}


def _value_from_document(document: Document) -> MetadataValue:
    ((kind, value),) = document.items()
    return TYPE_OF[kind](value)
