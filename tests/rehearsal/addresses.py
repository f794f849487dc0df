"""Names and ports of containers, as ports of the loopback interface.

Docker gives every container an address of its own and resolves its name for its neighbours. Here
all of them live on one address, so each port of each container becomes a free port, and every
place that names one is rewritten: HOST:PORT in a text, and the variables X_HOST with X_PORT.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from libs.engines.engine import LOOPBACK
from tests.rehearsal.containers import Container
from tests.rehearsal.problem import Problem

ITSELF = ("localhost", "127.0.0.1", "0.0.0.0")  # noqa: S104  # as read, never bound

THE_MACHINE = "host.docker.internal"
"""Docker's name, inside a container, for the machine that it runs on."""

Endpoint = tuple[str, int]
"""A container's name and a port inside it."""


@dataclass(slots=True, kw_only=True)
class Addresses:
    """Gives each endpoint one port for the whole run, and remembers who serves and who asks."""

    containers: Mapping[str, Container]
    free_port: Callable[[], int]
    ports: dict[Endpoint, int] = field(default_factory=dict)
    served: set[Endpoint] = field(default_factory=set)
    asked: dict[Endpoint, set[str]] = field(default_factory=dict)

    def serve(self, container: Container, port: int) -> int:
        """Return where the container listens instead of at its own port."""
        self.served.add((container.name, port))
        return self._port(container.name, port)

    def ask(self, container: Container, host: str, port: int) -> int | None:
        """Return where the container finds HOST:PORT, or None if no network leads there.

        Such an address stays as it is, and is as unknown here as it is to the container.
        """
        name = container.name if host in ITSELF else host
        if not container.networks & self.containers[name].networks:
            return None
        self.asked.setdefault((name, port), set()).add(container.name)
        return self._port(name, port)

    def text(self, container: Container, text: str, *, serves: bool) -> str:
        """Rewrite every HOST:PORT; serves says that one of its own is where it listens."""

        def elsewhere(match: re.Match[str]) -> str:
            host, port = match["host"], int(match["port"])
            if host == THE_MACHINE:
                return f"{LOOPBACK}:{port}"
            if host in ITSELF and serves:
                return f"{LOOPBACK}:{self.serve(container, port)}"
            found = self.ask(container, host, port)
            return match[0] if found is None else f"{LOOPBACK}:{found}"

        return self._pattern.sub(elsewhere, text)

    def environment(self, container: Container, values: Mapping[str, str]) -> dict[str, str]:
        """Rewrite the pairs X_HOST and X_PORT, the ports it publishes, and every HOST:PORT."""
        result = {name: self.text(container, value, serves=True) for name, value in values.items()}
        for name, value in values.items():
            if name.endswith("PORT") and value.isdecimal():
                host = f"{name.removesuffix('PORT')}HOST"
                result |= self._pair(container, (host, values.get(host)), (name, int(value)))
        return result

    def _pair(
        self, container: Container, host: tuple[str, str | None], port: tuple[str, int]
    ) -> dict[str, str]:
        """Return the two variables as they are to be read here, or nothing to leave them."""
        found: int | None = None
        if host[1] in ITSELF:
            found = self.serve(container, port[1])
        elif host[1] in self.containers:
            found = self.ask(container, str(host[1]), port[1])
        elif host[1] is None and port[1] in container.published:
            return {port[0]: str(self.serve(container, port[1]))}
        return {} if found is None else {host[0]: LOOPBACK, port[0]: str(found)}

    def check(self) -> None:
        """Raise Problem for an address that somebody asks for and nobody serves."""
        wrong = [
            f"{name}:{port}, asked for by {', '.join(sorted(self.asked[name, port]))}"
            for name, port in sorted(set(self.asked) - self.served)
        ]
        wrong += [
            f"{each.name}:{port}, which is published"
            for each in self.containers.values()
            for port in each.published
            if (each.name, port) not in self.served
        ]
        if wrong:
            raise Problem("nobody listens at " + "; ".join(wrong))

    def table(self) -> Iterable[str]:
        """Say what became of each address."""
        for (name, port), here in sorted(self.ports.items()):
            yield f"{name}:{port} is {LOOPBACK}:{here}"

    def _port(self, name: str, port: int) -> int:
        endpoint = (name, port)
        while endpoint not in self.ports:
            candidate = self.free_port()
            if candidate not in self.ports.values():
                self.ports[endpoint] = candidate
        return self.ports[endpoint]

    @property
    def _pattern(self) -> re.Pattern[str]:
        names = sorted((*self.containers, *ITSELF, THE_MACHINE), key=len, reverse=True)
        hosts = "|".join(map(re.escape, names))
        return re.compile(rf"(?<![\w.-])(?P<host>{hosts}):(?P<port>\d+)\b")
