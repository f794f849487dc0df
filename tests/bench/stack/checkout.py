"""A copy of a version of Shipyard: its files, its ports, its .local. Known from outside only."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.configuration.environment import relevant
from deploy.local.configuration.folders import ROOT, Folders
from deploy.local.configuration.ports import PORT_VARIABLES
from deploy.local.engines.ports import free_port, release_port
from deploy.local.supervision.processes import end_all
from tests.bench.errors import NotMeasured

HERE = "here"
"""The name of the copy of the working tree, with what is not committed."""

WITHOUT_METRICS = "without-metrics"
"""The name of a copy of the working tree that counts and serves nothing; a base like a commit."""

COUNTS_NOTHING = """

class _Nothing:
    def __getattr__(self, _name):
        return lambda *_, **__: None


def _child(*_):
    return _Nothing()
"""
"""Put behind libs/metrics/instruments.py, whose instruments then do nothing."""

BENCH = ROOT / ".cache" / "bench"

UP_WITHIN_S = 400.0
DOWN_WITHIN_S = 60.0
ENDS_WITHIN_S = 10.0

LOCKS = ("requirements/dev.txt", "requirements/uv.txt")

OF_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "VENV")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    name: str
    folder: Path
    ports: Mapping[str, int] = field(default_factory=dict)

    @property
    def local(self) -> Path:
        return self.folder / ".local"

    @property
    def virtual_environment(self) -> Path:
        """The working tree's own, if both lock the same packages."""
        ours = ROOT / ".venv"
        same = all(
            (self.folder / lock).read_bytes() == (ROOT / lock).read_bytes() for lock in LOCKS
        )
        return ours if same and (ours / ".installed").exists() else self.folder / ".venv"

    def make(self, target: str, *, within_s: float) -> None:
        """Run a target of its Makefile. Raises NotMeasured with the end of what it said."""
        environment = {
            **neutral(os.environ),
            **{PORT_VARIABLES[name].variable: str(port) for name, port in self.ports.items()},
        }
        command = ["make", "-C", str(self.folder), f"VENV={self.virtual_environment}", target]
        try:
            subprocess.run(
                command, env=environment, check=True, capture_output=True, timeout=within_s
            )
        except subprocess.CalledProcessError as error:
            said = (error.stdout + error.stderr).decode(errors="replace")[-2000:]
            raise NotMeasured(f"{self.name}: make {target} failed:\n{said}") from error
        except subprocess.TimeoutExpired as error:
            raise NotMeasured(f"{self.name}: make {target} took over {within_s:.0f} s") from error


@contextmanager
def copied(name: str) -> Iterator[Checkout]:
    """Copy the working tree (HERE, WITHOUT_METRICS) or a commit; delete the copy afterwards."""
    folder = BENCH / name
    _remove(folder)
    folder.mkdir(parents=True)
    try:
        if name in {HERE, WITHOUT_METRICS}:
            _copy_working_tree(folder)
            if name == WITHOUT_METRICS:
                with (folder / "libs/metrics/instruments.py").open("a") as instruments:
                    instruments.write(COUNTS_NOTHING)
        else:
            _extract(name, folder)
        for lock in LOCKS:
            os.utime(folder / lock, (0, 0))  # older than any set-up that was made with it
        yield Checkout(name=name, folder=folder)
    finally:
        _remove(folder)


@contextmanager
def running(checkout: Checkout) -> Iterator[Checkout]:
    """Start the checkout on free ports with empty stores; stop it and delete its data."""
    ports = {name: free_port(port.number) for name, port in PORT_VARIABLES.items()}
    given = dict(ports)
    if checkout.name == WITHOUT_METRICS:
        ports["metrics"] = 0
    placed = Checkout(name=checkout.name, folder=checkout.folder, ports=ports)
    try:
        placed.make("up", within_s=UP_WITHIN_S)
        yield placed
    finally:
        try:
            placed.make("down", within_s=DOWN_WITHIN_S)
        finally:
            _remove(placed.local)
            for port in given.values():
                release_port(port)


def commit_of(revision: str) -> str:
    """Return the short name of a commit. Raises NotMeasured if there is none."""
    if revision == WITHOUT_METRICS:
        return revision
    found = _git("rev-parse", "--short", "--verify", "--quiet", f"{revision}^{{commit}}")
    if found.returncode:
        raise NotMeasured(f"no commit {revision}")
    return found.stdout.decode().strip()


def _copy_working_tree(folder: Path) -> None:
    listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _extract(commit: str, folder: Path) -> None:
    archive = _git("archive", commit).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)


def _remove(folder: Path) -> None:
    """Delete the folder; end what still runs of a bench that was killed."""
    if folder.exists():
        local = folder if folder.name == ".local" else folder / ".local"
        end_all(Folders(local=local), timeout_s=ENDS_WITHIN_S)
        shutil.rmtree(folder)


def neutral(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would point the stack at other engines or change how make works."""
    dropped = {*relevant(environment), *OF_MAKE}
    return {name: value for name, value in environment.items() if name not in dropped}
