"""python -m tests.rehearsal: follows docs/deploy.md on a Docker engine.

Exits with 1 if something is wrong, with 2 if this machine cannot run it.
"""

import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.compose.projects import ROOT
from tests.rehearsal.building.checkout import clone
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.docker_engine.dockerd import CACHE
from tests.rehearsal.docker_engine.engine import an_engine, remove_everything
from tests.rehearsal.problem import NotRehearsed, Problem
from tests.rehearsal.rehearsal import Rehearsal

STARTED_AT = time.monotonic()

LAST_FAILURE = CACHE / "failed"
"""Container logs of the last failed run."""


def say(line: str) -> None:
    sys.stdout.write(f"{time.monotonic() - STARTED_AT:6.1f} s  {line}\n")
    sys.stdout.flush()


def main() -> None:
    signal.signal(signal.SIGTERM, _stop)
    try:
        with an_engine() as docker, _room(docker) as folder:
            Rehearsal(clone(folder / "shipyard", docker), say=say)()
    except NotRehearsed as reason:
        say(f"NOT REHEARSED  {reason}")
        sys.exit(2)
    except Problem as problem:
        sys.exit(f"FAIL  {problem}")
    say("rehearsed")


def _stop(*_: object) -> None:
    """Clean up once; a second signal comes from make, which passes on its own."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit("stopped")


@contextmanager
def _room(docker: Docker) -> Iterator[Path]:
    """Create a folder; remove it and all containers in any case."""
    with tempfile.TemporaryDirectory(prefix="shipyard-rehearsal-") as folder:
        try:
            yield Path(folder)
        except Problem:
            _keep_logs(docker)
            raise
        finally:
            remove_everything(docker)


def _keep_logs(docker: Docker) -> None:
    shutil.rmtree(LAST_FAILURE, ignore_errors=True)
    LAST_FAILURE.mkdir(parents=True)
    for name in docker.containers():
        (LAST_FAILURE / f"{name}.log").write_text(docker.log(name), encoding="utf-8")
    say(f"logs are kept in {LAST_FAILURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
