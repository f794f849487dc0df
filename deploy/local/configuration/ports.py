"""Every port of the local stack, and the variable that changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple, get_type_hints

from deploy.local.configuration.roles import PROGRAMS
from deploy.local.errors import CannotStart


class PortVariable(NamedTuple):
    variable: str
    default: int
    purpose: str
    number: int = 1
    """How many ports in a row it moves; the variable gives the first one."""
    may_be_none: bool = False
    """Whether 0 means that nothing listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    rest: Annotated[int, PortVariable("HTTP_PORT", 8080, "REST API")]
    inventory: Annotated[int, PortVariable("INVENTORY_GRPC_PORT", 50051, "inventory gRPC")]
    payment: Annotated[int, PortVariable("PAYMENT_GRPC_PORT", 50052, "payment gRPC")]
    notification: Annotated[int, PortVariable("NOTIFICATION_GRPC_PORT", 50053, "notification gRPC")]
    flower: Annotated[int, PortVariable("FLOWER_PORT", 5555, "Flower")]
    telegram: Annotated[int, PortVariable("TELEGRAM_SANDBOX_PORT", 8081, "Telegram sandbox")]
    supervisor: Annotated[int, PortVariable("SUPERVISOR_PORT", 19001, "supervisor")]
    kafka: Annotated[int, PortVariable("KAFKA_EXTERNAL_PORT", 19092, "Kafka")]
    kafka_controller: Annotated[
        int, PortVariable("KAFKA_CONTROLLER_PORT", 19093, "Kafka controller")
    ]
    redis: Annotated[int, PortVariable("REDIS_PORT", 16379, "Redis")]
    postgres: Annotated[int, PortVariable("POSTGRES_PORT", 15432, "PostgreSQL")]
    mongo: Annotated[int, PortVariable("MONGO_PORT", 27118, "MongoDB")]
    metrics: Annotated[
        int, PortVariable("METRICS_PORT", 19200, "metrics", len(PROGRAMS), may_be_none=True)
    ]

    @property
    def each_metrics(self) -> range:
        """The port of each program's metrics, in the order of PROGRAMS; none if it is 0."""
        return range(self.metrics, self.metrics + len(PROGRAMS) if self.metrics else 0)


PORT_VARIABLES: Mapping[str, PortVariable] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Ports, include_extras=True).items()
}

HIGHEST = 65535


def ports_from(environment: Mapping[str, str]) -> Ports:
    """Read the ports. Raises CannotStart with every invalid one."""
    chosen = {name: environment.get(port.variable) for name, port in PORT_VARIABLES.items()}
    wrong = [
        f"{port.variable}={text} is no port: use a number from 1 to {HIGHEST + 1 - port.number}"
        for port, text in ((PORT_VARIABLES[name], text) for name, text in chosen.items())
        if text and not _is_valid(text, port)
    ]
    if wrong:
        raise CannotStart(*wrong)
    return Ports(
        **{name: int(text or PORT_VARIABLES[name].default) for name, text in chosen.items()}
    )


def _is_valid(text: str, port: PortVariable) -> bool:
    lowest = 0 if port.may_be_none else 1
    return text.isdecimal() and lowest <= int(text) <= HIGHEST + 1 - port.number
