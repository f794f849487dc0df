"""python -m tests.rehearsal: what the compose files say, done with real processes."""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from libs.testing.telegram import TelegramSandbox
from tests.rehearsal.act import act, rehearse_plain_broker
from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.dockerfile import DOCKERFILE, python_version
from tests.rehearsal.people import find_people
from tests.rehearsal.problem import Problem

STARTED_AT = time.monotonic()

LAST_FAILURE = ROOT / ".cache" / "rehearsal" / "failed"
"""Logs of the last run that failed."""


def say(line: str) -> None:
    sys.stdout.write(f"{time.monotonic() - STARTED_AT:6.1f} s  {line}\n")
    sys.stdout.flush()


def main() -> None:
    os.umask(0o022)  # as in a container, whatever the caller's
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with run_folder() as folder:
        try:
            rehearse(folder)
        except Problem as problem:
            shutil.rmtree(LAST_FAILURE, ignore_errors=True)
            if (folder / "log").exists():
                shutil.copytree(folder / "log", LAST_FAILURE)
                say(f"logs are kept in {os.path.relpath(LAST_FAILURE)}")
            sys.exit(f"FAIL  {problem}")
    say("rehearsed")


@contextlib.contextmanager
def run_folder() -> Iterator[Path]:
    """Make a folder that other users may enter, and leave nothing of it."""
    folder = Path(tempfile.mkdtemp(prefix="shipyard-rehearsal-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def rehearse(folder: Path) -> None:
    people = find_people()
    sandbox = TelegramSandbox(folder / "telegram")
    sandbox.start()
    try:
        act(folder, sandbox, people=people, say=say)
    finally:
        sandbox.stop()
    rehearse_plain_broker(folder, people=people, say=say)
    images_python = python_version(DOCKERFILE.read_text(encoding="utf-8"))
    for missing in people.left_out(images_python=images_python):
        say(f"NOT REHEARSED  {missing}")


if __name__ == "__main__":
    main()
