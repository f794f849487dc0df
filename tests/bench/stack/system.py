"""A running stack, as the measurements use it."""

import json
import time
import xmlrpc.client
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from deploy.local.demo.shop import seed_parts
from deploy.local.engines.engine import LOOPBACK
from deploy.local.supervision.supervisor_conf import USER
from tests.bench.stack.checkout import Checkout
from tests.bench.stack.processes import StackProcesses
from tests.bench.stack.stores import Deliveries, Orders, connect
from tests.bench.waiting import wait_until

DOWNSTREAM = (
    "order-relay",
    "order-consumer",
    "order-worker",
    "assembly-consumer",
    "assembly-worker",
    "notification-consumer",
    "notification-worker",
)
"""The roles that do something after an order was paid."""

STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 25.0


@dataclass
class System:
    checkout: Checkout
    is_warm: bool = False
    """Whether its processes have had work."""

    @cached_property
    def processes(self) -> StackProcesses:
        return StackProcesses(self.checkout.local)

    @cached_property
    def orders(self) -> Orders:
        return Orders(connect(self.postgres, self.passwords["order"], "order"))

    @cached_property
    def deliveries(self) -> Deliveries:
        password = self.passwords["notification"]
        return Deliveries(connect(self.postgres, password, "notification"))

    @cached_property
    def parts(self) -> list[UUID]:
        return seed_parts(LOOPBACK, self.checkout.ports["inventory"])

    @cached_property
    def passwords(self) -> dict[str, str]:
        file = self.checkout.local / "passwords.json"
        return cast(dict[str, str], json.loads(file.read_text(encoding="utf-8")))

    @property
    def postgres(self) -> int:
        return self.checkout.ports["postgres"]

    @property
    def kafka(self) -> str:
        return f"{LOOPBACK}:{self.checkout.ports['kafka']}"

    def redis_url(self, database: int = 0) -> str:
        """Contains the password."""
        password, port = self.passwords["redis"], self.checkout.ports["redis"]
        return f"redis://:{password}@{LOOPBACK}:{port}/{database}"

    def close(self) -> None:
        self.orders.close()
        self.deliveries.close()

    def stop(self, names: Iterable[str]) -> None:
        for name in names:
            with suppress(xmlrpc.client.Fault):  # it does not run
                self._supervisor("stopProcess", self._full_name(name), False)  # noqa: FBT003  # XML-RPC has no keywords
        wait_until(lambda: not self._alive(names), "roles stop", within_s=STOPS_WITHIN_S)

    def start(self, names: Iterable[str]) -> None:
        """Start the roles and return when each has touched its heartbeat."""
        begun = time.time()
        for name in names:
            with suppress(xmlrpc.client.Fault):  # it runs already
                self._supervisor("startProcess", self._full_name(name), False)  # noqa: FBT003  # see stop
        wait_until(
            lambda: all(self.has_touched(name, since_s=begun) for name in names),
            "roles start",
            within_s=STARTS_WITHIN_S,
            every_s=0.02,
        )

    def has_touched(self, name: str, *, since_s: float) -> bool:
        """Return True if the role's heartbeat is younger than that time since 1970."""
        files = (self.checkout.local / "state" / name).glob("*.alive")
        with suppress(FileNotFoundError):
            return any(file.stat().st_mtime >= since_s for file in files)
        return False

    def _alive(self, names: Iterable[str]) -> list[str]:
        listed = cast(list[dict[str, Any]], self._supervisor("getAllProcessInfo"))
        return [each["name"] for each in listed if each["pid"] and each["name"] in set(names)]

    def _full_name(self, name: str) -> str:
        return f"{name.partition('-')[0]}:{name}"

    def _supervisor(self, method: str, *arguments: object) -> object:
        password, port = self.passwords["supervisor"], self.checkout.ports["supervisor"]
        address = f"http://{USER}:{password}@{LOOPBACK}:{port}/RPC2"
        with xmlrpc.client.ServerProxy(address) as server:
            return cast(object, getattr(server.supervisor, method)(*arguments))
