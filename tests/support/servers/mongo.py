"""Address of a test's own MongoDB database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoAddress:
    host: str
    port: int
    database: str
