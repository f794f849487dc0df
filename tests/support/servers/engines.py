"""Engines that all workers of a test run share; the first test that needs one starts it."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import psutil
from filelock import FileLock

from deploy.local.engines import owned
from deploy.local.engines.engine import Engine
from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess

E = TypeVar("E", bound=Engine)

VARIABLE = "SHIPYARD_TEST_ENGINES"
PREFIX = "shipyard-tests-"


@dataclass(frozen=True, slots=True)
class SharedEngines:
    """The folder of a test run; its main process owns the folder and its engines."""

    folder: Path
    owner_pid: int

    @classmethod
    def of_this_run(cls) -> Self:
        """Open the folder in the main process; in a worker, return the inherited one."""
        if known := os.environ.get(VARIABLE):
            folder = Path(known)
        else:
            folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
            os.environ[VARIABLE] = str(folder)
        return cls(folder, _owner_pid(folder))

    def get(self, name: str, build: Callable[[Path, Sequence[int]], E], *, ports: int) -> E:
        """Return the ready engine of this name; the first caller starts it, others wait."""
        note = self.folder / f"{name}.json"
        with FileLock(self.folder / f"{name}.lock"):
            if note.exists():
                return build(self.folder / name, json.loads(note.read_text())["ports"])
            chosen = [free_port() for _ in range(ports)]
            engine = build(self.folder / name, chosen)
            process = EngineProcess(engine, owner_pid=self.owner_pid)
            process.start()
            process.wait_ready()
            note.write_text(json.dumps({"ports": chosen, "pid": process.pid}))
            process.leave_running()  # other workers still need it when this one ends
            return engine

    def end(self) -> None:
        """Kill every engine and delete the folder, if this process owns it."""
        for note in self.folder.glob("*.json"):
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(json.loads(note.read_text())["pid"])
                owned.kill_tree(process)
                process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
        del os.environ[VARIABLE]


def forget_killed_runs() -> None:
    """Delete the folders of killed test runs, whose engines died with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not psutil.pid_exists(_owner_pid(folder)):
            shutil.rmtree(folder, ignore_errors=True)


def _owner_pid(folder: Path) -> int:
    return int(folder.name.removeprefix(PREFIX).partition("-")[0])
