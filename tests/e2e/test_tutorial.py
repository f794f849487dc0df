"""The tutorial, followed in a fresh clone of its own beside everything else."""

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.configuration.folders import ROOT, Folders
from deploy.local.configuration.ports import PORT_VARIABLES
from deploy.local.down import bring_down
from deploy.local.engines.ports import free_port, release_port
from tests.bench.stack.checkout import LOCKS, neutral
from tests.support.pages import blocks_of, complaints, run

pytestmark = [pytest.mark.engine, pytest.mark.page, pytest.mark.timeout(400)]

KAFKA = PORT_VARIABLES["kafka"]

AFTER_CLONE = f"""#!/bin/sh
ln -s {shlex.quote(sys.prefix)} .venv
touch --date=@0 pyproject.toml {" ".join(LOCKS)}
"""
"""Gives a clone the packages of this run, and lets make believe that they are not stale."""


@pytest.fixture
def ports() -> Iterator[dict[str, int]]:
    ports = {each.variable: free_port(each.number) for each in PORT_VARIABLES.values()}
    yield ports
    for port in ports.values():
        release_port(port)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("tutorial")
    hook = folder / "template" / "hooks" / "post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text(AFTER_CLONE)
    hook.chmod(0o755)
    yield folder
    bring_down(Folders(local=folder / "shipyard" / ".local"))


def test_every_command_of_the_tutorial_does_what_it_says(
    folder: Path, ports: dict[str, int]
) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text()
    page = page.replace("<this repository>", shlex.quote(str(ROOT)))
    blocks = blocks_of(page.replace(str(KAFKA.default), str(ports[KAFKA.variable])))
    environment = {
        **neutral(os.environ),
        **{variable: str(port) for variable, port in ports.items()},
        "GIT_TEMPLATE_DIR": str(folder / "template"),
        "PYTHONPATH": str(folder / "shipyard"),
    }

    done = run(blocks, folder=folder, environment=environment, timeout_s=380)

    assert complaints(blocks, done) == []
