"""Starts and stops the containers in the order in which Compose would."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.containers import Container
from tests.rehearsal.plan import Plan
from tests.rehearsal.problem import Problem
from tests.rehearsal.running import Running
from tests.rehearsal.ui_image import UiImage

Say = Callable[[str], None]


def order_of(variable: str) -> list[str]:
    """Read the order of the projects from the Makefile. Raises Problem."""
    found = re.search(rf"^{variable} := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    if found is None:
        raise Problem(f"the Makefile has no {variable}")
    return found[1].split()


def levels(containers: Iterable[Container]) -> Iterator[list[Container]]:
    """Yield the containers of a project in groups: each waits only for those of earlier groups."""
    by_name = {each.name: each for each in containers}
    sorter = TopologicalSorter({name: set(each.waits_for) for name, each in by_name.items()})
    sorter.prepare()
    while sorter.is_active():
        names = sorter.get_ready()
        yield [by_name[name] for name in names]
        sorter.done(*names)


@dataclass(slots=True, kw_only=True)
class System:
    """All containers of all projects."""

    plan: Plan
    say: Say
    running: dict[str, Running] = field(default_factory=dict)

    def up(self) -> None:
        """Start project by project as make compose-up does, then see every container healthy."""
        for project in order_of("PROJECTS"):
            started_at = time.monotonic()
            for level in levels(self._of(project)):
                for container in level:
                    self._start(container)
            names = [each.name for each in self._of(project) if each.name in self.running]
            took_s = time.monotonic() - started_at
            self.say(f"{project}: {', '.join(names)} started in {took_s:.1f} s")
        for each in self.lasting():
            each.wait_healthy()
        self.say(f"{len(self.lasting())} containers are healthy by their own checks")

    def migrate_again(self) -> None:
        """Run every migration beside the roles, as an update does. Raises Problem."""
        names = [f"{project}-migrate" for project in order_of("MIGRATED")]
        for name in names:
            self.running[name] = self.plan.running(name)
            self.running[name].start()
            self.running[name].wait_done()
        self.say(f"{', '.join(names)} ran once more while the roles served")

    def measure(self) -> None:
        """Look at the memory of all. Raises Problem if one ended by itself."""
        for each in self.lasting():
            each.measure()
            if (reason := each.health()) is not None:
                raise each.problem(f"is no longer healthy: {reason}")

    def down(self) -> None:
        """Stop project by project in reverse; each container last started stops first."""
        slowest: list[tuple[float, str]] = []
        for project in order_of("REVERSED"):
            for level in reversed(list(levels(self._of(project)))):
                lasting = [self.running[each.name] for each in level if self._is_up(each)]
                asked_at = time.monotonic()
                for each in lasting:
                    each.ask_to_stop()
                slowest += [(each.wait_stopped(asked_at), each.name) for each in lasting]
        longest_s, name = max(slowest)
        self.say(f"{len(slowest)} containers stopped in time, {name} last with {longest_s:.1f} s")

    def kill(self) -> None:
        for each in self.running.values():
            each.kill()

    def _start(self, container: Container) -> None:
        for name, condition in container.waits_for.items():
            self._wait(self.running[name], condition)
        if not container.image.startswith(UiImage().name):
            running = self.plan.running(container.name)
            self.running[container.name] = running
            running.start()

    def _wait(self, running: Running, condition: str) -> None:
        match condition:
            case "service_completed_successfully":
                running.wait_done()
            case "service_healthy":
                running.wait_healthy()
            case _:
                raise Problem(f"{running.name}: nobody knows the condition {condition}")

    def _of(self, project: str) -> list[Container]:
        return [each for each in self.plan.containers.values() if each.project == project]

    def lasting(self) -> list[Running]:
        return [each for each in self.running.values() if not is_job(each.place.container)]

    def _is_up(self, container: Container) -> bool:
        return container.name in self.running and not is_job(container)


def is_job(container: Container) -> bool:
    return bool(container.service["healthcheck"].get("disable"))
