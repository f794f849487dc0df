"""python -m tests.rehearsal: what the compose files say, done with real processes."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from libs.testing.telegram import TelegramSandbox
from tests.rehearsal.compose_files import PROJECTS, ROOT
from tests.rehearsal.containers import read_containers
from tests.rehearsal.env_files import DeployCopy
from tests.rehearsal.images import Image, build_image
from tests.rehearsal.operating import CHAT, api_key, filled_in, render_environments
from tests.rehearsal.people import find_people
from tests.rehearsal.plan import Plan, make_plan
from tests.rehearsal.problem import Problem
from tests.rehearsal.projects import System, memory_table

STARTED_AT = time.monotonic()


def say(line: str) -> None:
    sys.stdout.write(f"{time.monotonic() - STARTED_AT:5.1f} s  {line}\n")
    sys.stdout.flush()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with run_folder() as folder:
        try:
            rehearse(folder)
        except Problem as problem:
            sys.exit(f"FAIL  {problem}")
    say("rehearsed")


@contextlib.contextmanager
def run_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="shipyard-rehearsal-"))
    folder.chmod(0o755)
    (folder / "log").mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def rehearse(folder: Path) -> None:
    sandbox = TelegramSandbox(folder / "telegram")
    sandbox.start()
    try:
        copy = render_environments(folder, filled_in(sandbox))
        act(prepare(folder, copy), api_key(copy))
        texts = sandbox.texts(int(CHAT))
        say(f"{len(texts)} messages in the chat")
    finally:
        sandbox.stop()


def act(plan: Plan, key: str) -> None:
    for line in plan.addresses.table():
        say(line)
    system = System(plan=plan, say=say)
    try:
        system.up()
        accept(plan, key)
        system.measure()
        for line in memory_table(system.running):
            say(line)
        system.down()
    finally:
        system.kill()


def prepare(folder: Path, copy: DeployCopy) -> Plan:
    people = find_people()
    for missing in people.left_out():
        say(f"NOT REHEARSED  {missing}")
    containers = {
        each.name: each for name in PROJECTS for each in read_containers(name, copy.rendered(name))
    }
    images: dict[str, Image] = {}
    for each in containers.values():
        if build := each.service.get("build"):
            images[each.image] = build_image(build, folder / "images" / each.project, people)
            say(f"built {each.image}")
    return make_plan(containers, images, people=people, folder=folder)


def accept(plan: Plan, key: str) -> None:
    rest, inventory = (
        plan.addresses.ports[each] for each in (("order-http", 8080), ("inventory-grpc", 50051))
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.acceptance", "--url", f"http://127.0.0.1:{rest}"),
            *("--inventory", f"127.0.0.1:{inventory}"),
        ],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "API_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines():
        say(line)
    if done.returncode:
        raise Problem(f"the acceptance flow: {done.stderr.strip()}")


if __name__ == "__main__":
    main()
