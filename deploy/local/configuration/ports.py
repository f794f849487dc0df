"""Every port of the local stack, and the variable that moves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from deploy.local.errors import CannotStart


class Place(NamedTuple):
    variable: str
    default: int
    purpose: str


PLACES: Mapping[str, Place] = {
    "rest": Place("HTTP_PORT", 8080, "REST API"),
    "inventory": Place("INVENTORY_GRPC_PORT", 50051, "inventory gRPC"),
    "payment": Place("PAYMENT_GRPC_PORT", 50052, "payment gRPC"),
    "flower": Place("FLOWER_PORT", 5555, "Flower"),
    "telegram": Place("TELEGRAM_SANDBOX_PORT", 8081, "Telegram sandbox"),
    "supervisor": Place("SUPERVISOR_PORT", 19001, "supervisor"),
    "kafka": Place("KAFKA_EXTERNAL_PORT", 19092, "Kafka"),
    "kafka_controller": Place("KAFKA_CONTROLLER_PORT", 19093, "Kafka controller"),
    "redis": Place("REDIS_PORT", 16379, "Redis"),
    "postgres": Place("POSTGRES_PORT", 15432, "PostgreSQL"),
    "mongo": Place("MONGO_PORT", 27118, "MongoDB"),
}

HIGHEST = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    rest: int
    inventory: int
    payment: int
    flower: int
    telegram: int
    supervisor: int
    kafka: int
    kafka_controller: int
    redis: int
    postgres: int
    mongo: int


def ports_from(environment: Mapping[str, str]) -> Ports:
    """Read the ports. Raises CannotStart with every wrong one."""
    chosen = {name: environment.get(place.variable) for name, place in PLACES.items()}
    wrong = [
        f"{PLACES[name].variable}={text} is no port: it must be a number from 1 to {HIGHEST}"
        for name, text in chosen.items()
        if text and not (text.isdecimal() and 1 <= int(text) <= HIGHEST)
    ]
    if wrong:
        raise CannotStart(*wrong)
    return Ports(**{name: int(text or PLACES[name].default) for name, text in chosen.items()})
