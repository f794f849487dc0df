"""Finds the stack to look at: what the environment names, else the running local stack.

An address in the environment wins over the local stack's server: KAFKA_BROKERS, CELERY_BROKER_URL,
POSTGRES_HOST, SHIPYARD_URL. ORDER_POSTGRES_* and NOTIFICATION_POSTGRES_* name one database each,
and so does a service before the name of a consumer group: two services call theirs alike.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TypeVar

from pydantic import ValidationError

from deploy.local.configuration.environment import Environments, relevant, started_with
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.passwords import read_or_make_passwords
from deploy.local.configuration.ports import ports_from
from deploy.local.engines.engine import LOOPBACK
from deploy.shipyard.exits import NoStack, WrongUsage
from libs.settings.base import Settings, UnreadableSecret

S = TypeVar("S", bound=Settings)

URL_VARIABLE = "SHIPYARD_URL"
"""Address of the REST API."""

GROUP_VARIABLES = "_CONSUMER_GROUP_ID"
"""How the names of variables for consumer groups end."""

FOLDER_VARIABLE = "SHIPYARD_FOLDER"
"""The .local folder of another clone's stack."""


def local_folders() -> Folders:
    """Return the folders of the local stack to look at: this clone's, or the named one's."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Folders(Path(named)) if named else Folders()


class Surroundings:
    """The servers of one stack, as the environment variables of its services."""

    def __init__(self, caller: Mapping[str, str], local: Environments | None = None) -> None:
        self.caller = caller
        self._local = local

    @classmethod
    def of_this_process(cls) -> Self:
        folders = local_folders()
        if not folders.environment.exists():
            return cls(os.environ)
        caller = {**started_with(folders), **relevant(os.environ)}
        passwords = read_or_make_passwords(folders.passwords)
        return cls(
            {**os.environ, **caller},
            Environments(caller=caller, ports=ports_from(caller), passwords=passwords),
        )

    @property
    def is_local(self) -> bool:
        """Whether the local stack of this folder was started."""
        return self._local is not None

    @property
    def api_url(self) -> str:
        """Return the address of the REST API. Raises NoStack."""
        if url := self.caller.get(URL_VARIABLE):
            return url.rstrip("/")
        if self._local is None:
            raise NoStack([URL_VARIABLE])
        return f"http://{LOOPBACK}:{self._local.ports.rest}"

    def settings(self, kind: type[S], service: str) -> S:
        """Read the settings of a role of the service. Raises NoStack, WrongUsage."""
        with self.environment_of(service):
            try:
                return kind()
            except UnreadableSecret as error:
                raise WrongUsage(str(error)) from error
            except ValidationError as error:
                raise self._not_set(error) from error

    @contextmanager
    def environment_of(self, service: str) -> Iterator[None]:
        """Give this process the environment that the service's roles have, for a while."""
        before = dict(os.environ)
        os.environ.update(self._variables(service))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _variables(self, service: str) -> dict[str, str]:
        local = getattr(self._local, service)() if self._local else {}
        prefix = f"{service.upper()}_"
        own = {
            name.removeprefix(prefix): value
            for name, value in self.caller.items()
            if name.startswith(f"{prefix}POSTGRES_")
            or (name.startswith(prefix) and name.endswith(GROUP_VARIABLES))
        }
        return {"POSTGRES_DB": service, **self.caller, **local, **own}

    def _not_set(self, error: ValidationError) -> NoStack | WrongUsage:
        problems = error.errors(include_input=False)
        missing = [str(each["loc"][0]) for each in problems if each["type"] == "missing"]
        if self._local is None and missing:
            return NoStack(missing)
        named = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems]
        return WrongUsage("bad configuration: " + "; ".join(named))
