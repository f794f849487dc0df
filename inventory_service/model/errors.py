"""Errors of the catalogue."""

from uuid import UUID

from libs.errors import NotFound


class PartNotFound(NotFound):
    def __init__(self, part_id: UUID) -> None:
        super().__init__(f"there is no part {part_id}")
