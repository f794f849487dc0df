"""kafbat/kafka-ui: no registry has its program alone, so it is not started."""

import re
from dataclasses import dataclass

from tests.rehearsal.addresses import Addresses
from tests.rehearsal.containers import Container
from tests.rehearsal.foreign import ON_TERM, Ending
from tests.rehearsal.place import Place
from tests.rehearsal.problem import Problem

PORT = 8080

READ = re.compile(
    r"JAVA_OPTS|KAFKA_CLUSTERS_\d+_(NAME|BOOTSTRAPSERVERS|READONLY|PROPERTIES_[A-Z_]+)"
)
"""As its documentation lists them; Spring reads PROPERTIES_ as a client's settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UiImage:
    name: str = "kafbat/kafka-ui:"
    serves: tuple[int, ...] = (PORT,)
    ending: Ending = ON_TERM

    def unread(self, container: Container) -> set[str]:
        return {name for name in container.environment if not READ.fullmatch(name)}

    def prepare(self, place: Place, addresses: Addresses) -> tuple[str, ...]:
        raise Problem(f"{place.container.name} can not be started here")
