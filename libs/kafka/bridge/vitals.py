"""The health of the bridges of a role."""

from collections.abc import Collection
from threading import Lock
from typing import Protocol

from libs.health.heartbeat import Heartbeat
from libs.kafka.bridge.watchdog import Watchdog


class Vitals(Protocol):
    """What a bridge's loop reports each time it runs."""

    def healthy(self) -> None:
        """Report that the loop works, or waits for something that it has logged."""

    def unhealthy(self) -> None:
        """Report that the loop runs but cannot do its work: an operator has to act."""


class RoleVitals:
    """One heartbeat for several bridges: it beats only while all of them are healthy."""

    def __init__(self, heartbeat: Heartbeat, watchdog: Watchdog, bridges: Collection[str]) -> None:
        self._heartbeat = heartbeat
        self._watchdog = watchdog
        self._bridges = frozenset(bridges)
        self._awaited = set(bridges)
        self._lock = Lock()

    def of(self, bridge: str) -> Vitals:
        return BridgeVitals(self, bridge)

    def healthy(self, bridge: str) -> None:
        self._watchdog.beat(bridge)
        with self._lock:
            self._awaited.discard(bridge)
            if not self._awaited:
                self._heartbeat.touch()
                self._awaited |= self._bridges

    def unhealthy(self, bridge: str) -> None:
        """Make the health check fail at once, until this bridge and all others are healthy."""
        self._watchdog.beat(bridge)
        with self._lock:
            self._awaited.add(bridge)
            self._heartbeat.unhealthy()


class BridgeVitals(Vitals):
    def __init__(self, role: RoleVitals, bridge: str) -> None:
        self._role = role
        self._bridge = bridge

    def healthy(self) -> None:
        self._role.healthy(self._bridge)

    def unhealthy(self) -> None:
        self._role.unhealthy(self._bridge)
