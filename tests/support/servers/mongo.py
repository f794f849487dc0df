"""Where a test's own database is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoAddress:
    host: str
    port: int
    database: str
